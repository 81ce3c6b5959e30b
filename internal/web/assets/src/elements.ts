// <cp-chart>: draws the data in its <script type="application/json">. The drawing
// code is fetched when the first chart is on a page.

import type { Chart } from "./charts/data.ts";
import type { Drawing } from "./charts.ts";

class ChartElement extends HTMLElement {
  #drawing: Drawing | undefined;
  readonly #again = () => this.#drawing?.draw();
  readonly #paper = () => this.#drawing?.draw({ paper: true });

  connectedCallback(): void {
    addEventListener("cp:theme", this.#again);
    addEventListener("beforeprint", this.#paper);
    addEventListener("afterprint", this.#again);
    void this.#start();
  }

  disconnectedCallback(): void {
    removeEventListener("cp:theme", this.#again);
    removeEventListener("beforeprint", this.#paper);
    removeEventListener("afterprint", this.#again);
    this.#drawing?.dispose();
    this.#drawing = undefined;
  }

  async #start(): Promise<void> {
    const charts = await import("./charts.ts");
    const json = this.querySelector('script[type="application/json"]')?.textContent;
    if (!this.isConnected || this.#drawing || !json) return;
    this.#drawing = new charts.Drawing(this, JSON.parse(json) as Chart);
  }
}

customElements.define("cp-chart", ChartElement);
