// Keyboard shortcuts. An element with data-keys="g o" is clicked, or focused if
// it is a field, when these keys are typed one after the other; the page itself
// lists them in its dialog, so there is no second list to forget.

const pause = 1200; // ms within which the next key of a sequence must come
const off = "callpace.keys.off";

export interface Sequence { typed: string[]; at: number }

/** step adds a key to what has been typed and tells what that amounts to. */
export function step(s: Sequence, key: string, now: number, known: readonly string[]): { next: Sequence; hit: string | undefined } {
  const before = now - s.at > pause ? [] : s.typed;
  // A key may also begin anew: "g" after a lost "x".
  for (const typed of [[...before, key], [key]]) {
    const text = typed.join(" ");
    if (known.includes(text)) return { next: { typed: [], at: now }, hit: text };
    if (known.some((k) => k.startsWith(text + " "))) return { next: { typed, at: now }, hit: undefined };
  }
  return { next: { typed: [], at: now }, hit: undefined };
}

export function editable(e: EventTarget | null): boolean {
  return e instanceof HTMLElement && (e.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName)) && !/^(checkbox|radio|button|submit|range)$/.test((e as HTMLInputElement).type);
}

export function enabled(): boolean {
  try { return localStorage.getItem(off) === null; } catch { return true; }
}

/** mark shows in the dialog whether shortcuts are on. */
function mark(): void {
  for (const box of document.querySelectorAll<HTMLInputElement>("[data-keys-switch]")) box.checked = enabled();
}

export function listen(): void {
  mark();
  document.addEventListener("htmx:after:swap", mark);
  let state: Sequence = { typed: [], at: 0 };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || editable(e.target) || !enabled()) return;
    if (document.querySelector("dialog[open]")) return;
    const targets = [...document.querySelectorAll<HTMLElement>("[data-keys]")];
    const { next, hit } = step(state, e.key, e.timeStamp, targets.map((t) => t.dataset.keys!));
    state = next;
    if (hit === undefined) return;
    // The phone's navigation repeats links; the one in sight is meant, else the first.
    const same = targets.filter((t) => t.dataset.keys === hit);
    const target = same.find((t) => t.checkVisibility?.()) ?? same[0]!;
    e.preventDefault();
    if (editable(target)) {
      target.focus();
      (target as HTMLInputElement).select?.();
    } else {
      target.click();
    }
  });
  // Single keys can disturb speech input, so that they can be switched off (WCAG 2.1.4).
  document.addEventListener("change", (e) => {
    const box = e.target;
    if (!(box instanceof HTMLInputElement) || !box.matches("[data-keys-switch]")) return;
    try { box.checked ? localStorage.removeItem(off) : localStorage.setItem(off, "1"); } catch { /* not remembered */ }
  });
}
