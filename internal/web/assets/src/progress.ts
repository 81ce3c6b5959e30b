// A thin bar at the top while a page or a part of it is on its way, and and
// what is said when the server does not answer.

export function listen(): void {
  const bar = document.createElement("div");
  bar.className = "loading-bar";
  bar.setAttribute("aria-hidden", "true");
  let running = 0;
  const show = () => {
    // A swap of the body takes the bar with it.
    if (!bar.isConnected) document.body.append(bar);
    bar.classList.toggle("busy", running > 0);
  };
  // Polling (hx-trigger="every …") is marked data-quiet and shows nothing.
  const quiet = (e: Event) => (e.target as Element | null)?.closest?.("[data-quiet]");
  document.addEventListener("htmx:before:request", (e) => {
    if (quiet(e)) return;
    running++;
    show();
  });
  document.addEventListener("htmx:finally:request", (e) => {
    if (quiet(e)) return;
    running = Math.max(0, running - 1);
    show();
  });
  addEventListener("beforeunload", () => {
    running = 1;
    show();
  });
  addEventListener("pageshow", () => {
    running = 0;
    show();
  });
  // A request that never got an answer: the shell's <template id="offline"> says so in words.
  document.addEventListener("htmx:error", () => {
    const note = document.querySelector<HTMLTemplateElement>("template#offline");
    const toasts = document.querySelector("#toasts");
    if (note && toasts) toasts.replaceChildren(note.content.cloneNode(true));
  });
}
