// Everything works without this file; with it, it is quicker.

import "htmx.org";
import "./elements.ts";
import * as controls from "./controls.ts";
import * as keys from "./keys.ts";
import * as progress from "./progress.ts";
import * as theme from "./theme.ts";

controls.confirms();
controls.menus();
controls.dialogs();
controls.autos();
controls.copies();
controls.prints();
controls.rows();
controls.drops();
controls.sliders();
controls.shorts();
controls.typing();
controls.tabs();
keys.listen();
theme.listen();
progress.listen();
