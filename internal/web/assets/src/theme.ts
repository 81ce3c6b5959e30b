// Light, dark or as the system has it: remembered in a cookie, which the server
// reads, so that the next page comes in the right colours at once.

export type Theme = "light" | "dark" | "auto";

export function parse(cookie: string): Theme {
  const value = /(?:^|;\s*)theme=(light|dark)(?:;|$)/.exec(cookie)?.[1];
  return (value as Theme | undefined) ?? "auto";
}

export function listen(): void {
  document.addEventListener("click", (e) => {
    const button = (e.target as Element).closest<HTMLElement>("[data-theme-set]");
    if (!button) return;
    e.preventDefault();
    set(button.dataset.themeSet as Theme);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  document.addEventListener("htmx:after:swap", mark);
  mark();
}

function set(theme: Theme): void {
  const root = document.documentElement;
  const secure = location.protocol === "https:" ? "; secure" : "";
  if (theme === "auto") {
    delete root.dataset.theme;
    document.cookie = "theme=; path=/; max-age=0; samesite=lax" + secure;
  } else {
    root.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  }
  changed();
}

function changed(): void {
  mark();
  dispatchEvent(new Event("cp:theme"));
}

/** mark shows in the menu which theme is in force. */
function mark(): void {
  const theme = document.documentElement.dataset.theme ?? "auto";
  for (const b of document.querySelectorAll<HTMLElement>("[data-theme-set]")) b.setAttribute("aria-pressed", String(b.dataset.themeSet === theme));
}
