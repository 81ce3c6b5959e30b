// Loaded only by pages that have a chart: ECharts' parts in use, and the drawing.

import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type ECharts } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import type { Chart } from "./charts/data.ts";
import { needsLegend, optionOf } from "./charts/option.ts";
import { readPalette, strokeOf, type Palette } from "./charts/style.ts";
import { element, swatch, tooltipOf } from "./charts/tooltip.ts";

use([LineChart, BarChart, ScatterChart, CustomChart, GridComponent, TooltipComponent, MarkLineComponent, MarkAreaComponent, LabelLayout, SVGRenderer]);

const pageWidth = 640; // CSS pixels between the margins of A4, with a little to spare
const canvas = document.createElement("canvas").getContext("2d")!;

/** Drawing is one chart in its box; it is drawn again when size or theme change. */
export class Drawing {
  readonly #box = element("div", "chart-box");
  readonly #plot = element("div", "chart-plot");
  readonly #data: Chart;
  #chart: ECharts | undefined;
  #legend: HTMLElement | undefined;
  readonly #resize = new ResizeObserver(() => this.draw());

  constructor(host: HTMLElement, data: Chart) {
    this.#data = data;
    this.#plot.setAttribute("role", "img");
    this.#plot.setAttribute("aria-label", data.title);
    this.#box.append(this.#plot);
    host.append(this.#box);
    this.#resize.observe(host);
    void document.fonts.ready.then(() => this.draw());
  }

  /** draw draws for the screen, or for paper: light, and no wider than a page. */
  draw({ paper = false } = {}): void {
    const width = Math.min(this.#box.clientWidth, paper ? pageWidth : Infinity);
    if (!width || !this.#box.isConnected) return;
    this.#box.classList.toggle("on-paper", paper);
    const palette = readPalette(this.#box);
    const rtl = getComputedStyle(this.#box).direction === "rtl";
    this.#legend?.remove();
    this.#legend = needsLegend(this.#data, { width }) ? legendOf(this.#data, palette) : undefined;
    if (this.#legend) this.#box.prepend(this.#legend);
    const height = this.#plot.clientHeight;
    if (!this.#chart) {
      this.#chart = init(this.#plot, null, { renderer: "svg", width, height });
      this.#chart.getZr().on("click", (e) => this.#open(e.offsetX, e.offsetY));
    } else {
      this.#chart.resize({ width, height });
    }
    this.#chart.setOption(optionOf(this.#data, {
      width, height, rtl, palette,
      measure: (text, bold) => {
        canvas.font = `${bold ? 600 : 400} 12px ${palette.font}`;
        return canvas.measureText(text).width;
      },
      tooltip: (params) => tooltipOf(this.#data, palette, params),
    }), { notMerge: true });
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#chart?.dispose();
    this.#box.remove();
  }

  /** #open follows the link of the place that was clicked, if it has one: the rows behind it. */
  #open(x: number, y: number): void {
    if (!this.#chart || this.#data.kind === "scatter" || !this.#chart.containPixel("grid", [x, y])) return;
    const at = this.#chart.convertFromPixel("grid", [x, y]) as number[];
    const index = Math.round((this.#data.kind === "bar" && this.#data.across ? at[1] : at[0]) ?? -1);
    const href = this.#data.x[index]?.href;
    if (href) location.assign(href);
  }
}

function legendOf(data: Chart, palette: Palette): HTMLElement {
  const list = element("ul", "chart-legend");
  list.setAttribute("aria-hidden", "true");
  const series = data.kind === "scatter" ? (data.groups ?? []).map((name) => ({ name, points: [] })) : data.series;
  series.forEach((s, i) => {
    const item = element("li", "");
    item.append(swatch(strokeOf(series, i, palette), data.kind), s.name);
    list.append(item);
  });
  return list;
}
