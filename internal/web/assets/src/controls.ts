// Small helps for controls that work without them.

import { editable } from "./keys.ts";

/** Menus are <details>: script closes them when one clicks or tabs elsewhere. */
export function menus(): void {
  const others = (inside: EventTarget | null) => {
    for (const m of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      if (!(inside instanceof Node) || !m.contains(inside)) m.open = false;
    }
  };
  document.addEventListener("click", (e) => others(e.target));
  document.addEventListener("focusin", (e) => others(e.target));
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const tip of document.querySelectorAll(".tip:is(:hover, :focus, :focus-within)")) {
      tip.classList.add("dismissed");
      tip.addEventListener("mouseleave", () => tip.classList.remove("dismissed"), { once: true });
      tip.addEventListener("focusout", () => tip.classList.remove("dismissed"), { once: true });
    }
    const open = document.querySelector<HTMLDetailsElement>("details.menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
  document.addEventListener("keydown", (e) => {
    const menu = (e.target as Element).closest?.("details.menu[open]");
    if (!menu || editable(e.target) || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) return;
    const items = [...menu.querySelectorAll<HTMLElement>(".menu-body :is(a, button)")];
    if (!items.length) return;
    e.preventDefault();
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + (e.key === "ArrowDown" ? 1 : items.length - (at < 0 ? 0 : 1))) % items.length]!.focus();
  });
}

/** data-open="#id" opens a dialog, data-close closes the one around it; a click beside it too. */
export function dialogs(): void {
  document.addEventListener("click", (e) => {
    const target = e.target as Element;
    const opener = target.closest<HTMLElement>("[data-open]");
    if (opener) {
      const dialog = document.querySelector<HTMLDialogElement>(opener.dataset.open!);
      if (dialog) {
        e.preventDefault();
        opener.closest<HTMLDetailsElement>("details.menu")?.removeAttribute("open");
        dialog.showModal();
      }
    }
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    if (target instanceof HTMLDialogElement) target.close();
    const dismiss = target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".notice")?.remove();
  });
}

/** data-confirm="Really?" asks before a click goes on, in the page's own dialog
 *  (dialog#confirm with [data-text] and [data-ok]). It comes before htmx. */
export function confirms(): void {
  let agreed: Element | undefined;
  document.addEventListener("click", (e) => {
    const button = (e.target as Element).closest<HTMLElement>("[data-confirm]");
    if (!button || button === agreed) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    const go = () => {
      agreed = button;
      button.click();
      agreed = undefined;
    };
    const dialog = document.querySelector<HTMLDialogElement>("dialog#confirm");
    const ok = dialog?.querySelector<HTMLElement>("[data-ok]");
    if (!dialog || !ok) {
      if (confirm(button.dataset.confirm)) go();
      return;
    }
    const text = dialog.querySelector("[data-text]");
    if (text) text.textContent = button.dataset.confirm!;
    ok.onclick = () => {
      dialog.close();
      go();
    };
    dialog.showModal();
  }, true);
}

/** form[data-auto] sends itself when a choice changes; text waits for Enter or a pause. */
export function autos(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const send = (form: HTMLFormElement, wait: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => form.isConnected && form.requestSubmit(), wait);
  };
  const formOf = (e: Event) => (e.target as HTMLInputElement).form?.closest<HTMLFormElement>("form[data-auto]");
  document.addEventListener("change", (e) => {
    const form = formOf(e);
    if (form && !(e.target as Element).matches("[data-manual], [type=search], [type=text]")) send(form, 0);
  });
  document.addEventListener("input", (e) => {
    const form = formOf(e);
    if (form && (e.target as Element).matches("[type=search]:not([data-manual])")) send(form, 350);
  });
}

/** data-print prints the page. */
export function prints(): void {
  document.addEventListener("click", (e) => {
    if ((e.target as Element).closest("[data-print]")) print();
  });
}

/** data-copy="#id" copies the value or text of an element; the button says so by data-done. */
export function copies(): void {
  document.addEventListener("click", async (e) => {
    const button = (e.target as Element).closest<HTMLElement>("[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy!);
    if (!source) return;
    await navigator.clipboard.writeText(source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement ? source.value : (source.textContent ?? "").trim());
    const label = button.querySelector("[data-label]") ?? button;
    const before = label.textContent;
    if (!button.dataset.done || before === button.dataset.done) return;
    label.textContent = button.dataset.done;
    setTimeout(() => (label.textContent = before), 1600);
  });
}

/** table[data-rows]: arrows (and j, k) go from row to row by each row's first link. */
export function rows(): void {
  document.addEventListener("keydown", (e) => {
    const forth = e.key === "ArrowDown" || e.key === "j";
    if (e.ctrlKey || e.metaKey || e.altKey || editable(e.target) || !(forth || e.key === "ArrowUp" || e.key === "k")) return;
    const from = (e.target as Element).closest?.("table[data-rows]");
    if (!from && !/[jk]/.test(e.key)) return;
    const table = from ?? document.querySelector("table[data-rows]");
    if (!table || document.querySelector("dialog[open]")) return;
    const links = [...table.querySelectorAll("tbody tr")].filter((r) => r.getClientRects().length).flatMap((r) => r.querySelector<HTMLElement>("a, button, input") ?? []);
    const row = (e.target as Element).closest?.("tr");
    const at = links.findIndex((l) => l.closest("tr") === row);
    const next = links[at < 0 ? 0 : at + (forth ? 1 : -1)];
    if (!next) return;
    e.preventDefault();
    next.focus();
  });
}

/** A file dropped or chosen shows its name in the drop zone's [data-name]. */
export function drops(): void {
  const zone = (e: Event) => (e.target as Element).closest?.(".drop");
  for (const [name, on] of [["dragover", true], ["dragleave", false], ["drop", false]] as const) {
    document.addEventListener(name, (e) => zone(e)?.classList.toggle("over", on));
  }
  document.addEventListener("change", (e) => {
    const files = (e.target as HTMLInputElement).files;
    const label = zone(e)?.querySelector("[data-name]");
    if (label && files?.length) label.textContent = [...files].map((f) => f.name).join(", ");
  });
}

/** The output of a slider (output[for]) follows it, in the page's language and in
 *  the digits that it has; data-unit stands behind the number. */
export function sliders(): void {
  document.addEventListener("input", (e) => {
    const slider = e.target as HTMLInputElement;
    const output = slider.type === "range" ? document.querySelector<HTMLOutputElement>(`output[for="${slider.id}"]`) : null;
    if (!output) return;
    const latin = /[0-9]/.test(output.textContent ?? "") ? "-u-nu-latn" : "";
    const percent = slider.dataset.unit === "%";
    const format = new Intl.NumberFormat(document.documentElement.lang + latin, { style: percent ? "percent" : "decimal", maximumFractionDigits: percent ? Math.max(1, (slider.step.split(".")[1] ?? "").length) : 2 });
    output.textContent = format.format(percent ? slider.valueAsNumber / 100 : slider.valueAsNumber);
  });
}

/** form[data-short] leaves empty fields out of what it sends, whoever sends it. */
export function shorts(): void {
  document.addEventListener("formdata", (e) => {
    if (!(e.target as Element).matches("[data-short]")) return;
    for (const [name, value] of [...e.formData]) if (value === "") e.formData.delete(name);
  });
}

/** What is typed while an answer comes stays in its field (htmx keeps the focus
 *  of fields with an id; the answer holds what the field was when it was asked). */
export function typing(): void {
  let held: HTMLInputElement | undefined;
  document.addEventListener("htmx:before:swap", () => {
    const field = document.activeElement;
    held = field instanceof HTMLInputElement && field.id && field.type !== "range" ? field : undefined;
  });
  document.addEventListener("htmx:after:swap", () => {
    const now = held && document.getElementById(held.id);
    if (now instanceof HTMLInputElement && held && now.value !== held.value) now.value = held.value;
    held = undefined;
  });
}

/** The part of the settings that is open is in sight, however many tabs are before it. */
export function tabs(): void {
  const show = (): void => {
    for (const tab of document.querySelectorAll(".tabs [aria-current]")) tab.scrollIntoView({ block: "nearest", inline: "center" });
  };
  show();
  document.addEventListener("htmx:after:swap", show);
}
