// Bundles the browser's side of callpace into dist/, which the Go package beside
// it embeds: scripts, one style sheet, the fonts' files by script, one sprite of
// icons, and manifest.json, which maps plain names to names with a hash.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");

for (const name of await readdir(dist)) {
  if (name !== ".gitkeep") await rm(join(dist, name), { recursive: true });
}

const result = await build({
  absWorkingDir: here,
  entryPoints: [{ in: "src/app.ts", out: "app" }, { in: "src/app.css", out: "app" }],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "linked",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
  loader: { ".woff2": "file" },
  metafile: true,
  logLevel: "warning",
});

const manifest = { files: {}, icons: [] };
for (const path of Object.keys(result.metafile.outputs)) {
  const file = path.replace(/^dist\//, "");
  // app-3F2A.js is known as app.js, fonts/inter-latin-3F2A.woff2 as fonts/inter-latin.woff2.
  manifest.files[file.replace(/-[A-Z0-9]{8}(\.\w+)/, "$1")] = file;
}

manifest.icons = (await readFile(join(here, "src/icons.txt"), "utf8")).split("\n").map((l) => l.trim()).filter(Boolean).concat("callpace").sort();
await add("icons.svg", await spriteOf(manifest.icons.filter((name) => name !== "callpace")));
await add("favicon.svg", await readFile(join(here, "src/favicon.svg"), "utf8"));
await add("licences.txt", await licences());

manifest.files = Object.fromEntries(Object.entries(manifest.files).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 1));

for (const file of Object.values(manifest.files)) {
  if (file.endsWith(".woff2")) continue; // compressed by itself
  const raw = await readFile(join(dist, file));
  const gz = gzipSync(raw, { level: 9 });
  const br = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } });
  await writeFile(join(dist, file + ".gz"), gz);
  await writeFile(join(dist, file + ".br"), br);
  if (!/\.txt$/.test(file)) console.log(`${basename(file).padEnd(28)} ${kb(raw)} raw ${kb(gz)} gzip ${kb(br)} brotli`);
}

/** add writes a file under a name with its hash. */
async function add(name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  manifest.files[name] = name.replace(/\.\w+$/, (ending) => `-${hash}${ending}`);
  await writeFile(join(dist, manifest.files[name]), text);
}

/** licences joins the licences of all that is served, as they ask. */
async function licences() {
  const { dependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
  const names = [...Object.keys(dependencies), "zrender", "tslib"].sort();
  const parts = await Promise.all(names.map(async (name) => {
    const folder = join(here, "node_modules", name);
    const files = (await readdir(folder, { recursive: true })).filter((f) => /^(licenses\/)?(LICENSE|NOTICE)[^/]*$/.test(f)).sort();
    const texts = await Promise.all(files.map((f) => readFile(join(folder, f), "utf8")));
    if (!texts.length) throw new Error(`${name} has no licence file`);
    return [`== ${name} ==`, ...texts].join("\n\n");
  }));
  return parts.join("\n\n");
}

/** spriteOf joins lucide's drawings into one file of symbols, each used as #name. */
async function spriteOf(icons) {
  const symbols = await Promise.all(icons.map(async (name) => {
    const svg = await readFile(join(here, "node_modules/lucide-static/icons", name + ".svg"), "utf8");
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
  }));
  // Our own mark beside lucide's: the pulse of the favicon.
  const mark = `<symbol id="callpace" viewBox="0 0 24 24"><path d="M2 13h4.5l3-8 5 14 3-8 1 2H22"/></symbol>`;
  return `<svg xmlns="http://www.w3.org/2000/svg">${mark}${symbols.join("")}</svg>`;
}

function kb(bytes) {
  return (bytes.length / 1024).toFixed(1).padStart(7) + " KB";
}
