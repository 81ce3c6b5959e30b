// What is shown under the pointer: elements with classes, never styled markup,
// as the content security policy demands.

import type { Bar, Chart, Line, Series } from "./data.ts";
import { strokeOf, type Palette, type Stroke } from "./style.ts";

export function tooltipOf(data: Chart, palette: Palette, params: unknown): HTMLElement {
  const tip = element("div", "chart-tip");
  tip.dir = document.documentElement.dir || "ltr";
  if (data.kind === "scatter") {
    const dot = data.dots[(params as { data: { dot: number } }).data?.dot ?? -1];
    if (dot) tip.append(element("div", "tip-head", dot.name), ...dot.text.split("\n").map((line) => element("div", "", line)));
    return tip;
  }
  const index = (params as { dataIndex: number }[])[0]?.dataIndex ?? -1;
  const place = data.x[index];
  if (!place) return tip;
  tip.append(element("div", "tip-head", place.long || place.label));
  data.series.forEach((s, i) => tip.append(...rows(data, s, i, index, palette)));
  for (const n of data.notes ?? []) {
    if (index === n.at || (n.to !== undefined && index >= n.at && index <= n.to)) tip.append(element("div", "tip-note", n.text));
  }
  return tip;
}

function rows(data: Line | Bar, s: Series, nth: number, index: number, palette: Palette): HTMLElement[] {
  const point = s.points[index];
  if (!point || (point.v === null && !point.t)) return [];
  const row = element("div", "tip-row");
  row.append(swatch(strokeOf(data.series, nth, palette), data.kind), element("span", "", s.name), element("span", "tip-value", point.t ?? ""));
  for (const b of s.bands ?? []) {
    const text = b.text?.[index];
    if (text) row.append(element("span", "tip-extra", `${b.name} ${text}`));
  }
  return [row];
}

export function element(tag: string, className: string, text?: string): HTMLElement {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

/** swatch draws the line, block or dot by which a series is known. */
export function swatch(stroke: Stroke, kind: Chart["kind"]): SVGElement {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 20 10");
  svg.setAttribute("aria-hidden", "true");
  const dot = kind === "scatter" && stroke.symbol === "circle";
  const mark = document.createElementNS(ns, dot ? "circle" : kind === "line" ? "path" : "rect");
  if (dot) {
    for (const [k, v] of [["cx", "10"], ["cy", "5"], ["r", "5"], ["fill", stroke.colour]] as const) mark.setAttribute(k, v);
  } else if (kind !== "line") {
    for (const [k, v] of [["width", "10"], ["height", "10"], ["x", "5"], ["rx", kind === "bar" ? "2" : "0"], ["fill", stroke.colour]] as const) mark.setAttribute(k, v);
  } else {
    for (const [k, v] of [["d", "M0 5H20"], ["stroke", stroke.colour], ["stroke-width", String(stroke.width + 0.5)], ["stroke-dasharray", stroke.dash === "solid" ? "" : stroke.dash.join(" ")]] as const) mark.setAttribute(k, v);
  }
  svg.append(mark);
  return svg;
}
