// From a page's data to what ECharts draws. Pure: sizes, colours and direction
// are arguments, so that it is tested without a browser.

import type { EChartsCoreOption } from "echarts/core";
import type { Axis, Bar, Chart, Line, Note, Place, Scatter, Series, Target } from "./data.ts";
import { fade, strokeOf, type Palette } from "./style.ts";

export interface Frame {
  width: number;
  height: number;
  rtl: boolean;
  palette: Palette;
  measure: (text: string, bold?: boolean) => number;
  tooltip: (params: unknown) => HTMLElement | string;
}

const size = 12;
const gap = 8;

/** directly tells whether lines are labelled at their ends: when there is room,
 *  and when all end at the end, unlike what a forecast continues. */
export function directly(data: Chart, f: Pick<Frame, "width">): boolean {
  return data.kind === "line" && data.series.length > 1 && data.series.length <= 5 && f.width >= 480 && !data.series.some((s) => s.role === "forecast");
}

/** needsLegend: several series that are not labelled at their ends. */
export function needsLegend(data: Chart, f: Pick<Frame, "width">): boolean {
  if (data.kind === "scatter") return (data.groups?.length ?? 0) > 1;
  return data.series.length > 1 && !directly(data, f);
}

export function optionOf(data: Chart, f: Frame): EChartsCoreOption {
  const common = {
    animation: false,
    textStyle: { fontFamily: f.palette.font, fontSize: size, color: f.palette.ink2 },
    // Looks are the class's; ECharts sets what is left by script, which the policy allows.
    tooltip: {
      trigger: data.kind === "scatter" ? "item" : "axis", formatter: f.tooltip, className: "chart-tip-host", confine: true,
      backgroundColor: "transparent", borderWidth: 0, padding: 0, shadowBlur: 0, extraCssText: "box-shadow:none", transitionDuration: 0,
      axisPointer: { type: data.kind === "bar" ? "shadow" : "line", lineStyle: { color: f.palette.line, width: 1, type: "solid" }, shadowStyle: { color: fade(f.palette.line, 0.1) }, z: 0 },
    },
  };
  switch (data.kind) {
    case "line": return { ...common, ...line(data, f) };
    case "bar": return { ...common, ...bar(data, f) };
    case "scatter": return { ...common, ...scatter(data, f) };
  }
}

function line(d: Line, f: Frame): EChartsCoreOption {
  const labelled = directly(d, f);
  const end = labelled ? Math.max(...d.series.map((s) => f.measure(s.name, true))) + gap + 4 : 12;
  const series: unknown[] = [];
  d.series.forEach((s, i) => {
    const stroke = strokeOf(d.series, i, f.palette);
    s.bands?.forEach((b, k) => series.push(...band(`${i}.${k}`, b.low, b.high, fade(stroke.colour, k === 0 ? 0.13 : 0.15))));
    const values = s.points.map((p) => p.v);
    const base = {
      type: "line", name: s.name, silent: true, symbol: "circle", symbolSize: 7, z: s.role === "main" ? 5 : 4,
      showSymbol: false, showAllSymbol: false, connectNulls: false,
      itemStyle: { color: stroke.colour, borderColor: f.palette.surface, borderWidth: 1.5 },
    };
    const style = { color: stroke.colour, width: stroke.width, type: stroke.dash, cap: "round", join: "round" };
    const label = labelled ? {
      endLabel: { show: true, formatter: s.name, color: s.role === "before" || s.role === "peer" ? f.palette.ink2 : stroke.colour, fontWeight: 600, fontSize: size, distance: 6, fontFamily: f.palette.font },
      labelLayout: { moveOverlap: "shiftY" },
    } : {};
    // What is not complete yet is dotted: from the last complete point on.
    const cut = s.partial ?? values.length;
    if (cut < values.length) {
      series.push({ ...base, data: values.map((v, n) => (n < cut ? v : null)), lineStyle: style });
      series.push({ ...base, ...label, data: values.map((v, n) => (n >= cut - 1 ? v : null)), lineStyle: { ...style, type: [1.5, 4] } });
    } else {
      series.push({ ...base, ...label, data: values, lineStyle: style, showSymbol: lonely(values) });
    }
  });
  attach(series, d, f);
  return {
    grid: grid(d.y, f, end, d.notes),
    xAxis: { ...places(d.x, f), boundaryGap: d.x.length === 1 },
    yAxis: numbers(d.y, f, f.rtl ? "right" : "left"),
    series,
  };
}

/** lonely: a line needs two points beside each other; one alone is shown as a dot. */
function lonely(values: (number | null)[]): boolean {
  return values.some((v, i) => v !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null);
}

function band(id: string, low: (number | null)[], high: (number | null)[], colour: string): unknown[] {
  const base = { type: "line", stack: `band${id}`, stackStrategy: "all", silent: true, symbol: "none", lineStyle: { opacity: 0 }, z: 1, tooltip: { show: false } };
  return [
    { ...base, data: low },
    { ...base, data: high.map((h, i) => (h === null || low[i] == null ? null : h - low[i]!)), areaStyle: { color: colour, opacity: 1 } },
  ];
}

function bar(d: Bar, f: Frame): EChartsCoreOption {
  const many = d.series.filter((s) => s.role !== "before").length;
  const series: unknown[] = d.series.map((s, i) => {
    const stroke = strokeOf(d.series, i, f.palette);
    const colour = s.role === "before" ? fade(stroke.colour, 0.45) : stroke.colour;
    const cut = s.partial ?? s.points.length;
    return {
      type: "bar", name: s.name, silent: true, ...(d.stacked && s.role !== "before" ? { stack: "all" } : {}),
      barMaxWidth: d.across ? 18 : 36, barMinWidth: 2, barGap: "10%", barCategoryGap: many > 1 ? "28%" : "32%",
      itemStyle: { color: colour, borderRadius: d.stacked ? 0 : d.across ? (f.rtl ? [2, 0, 0, 2] : [0, 2, 2, 0]) : [2, 2, 0, 0] },
      data: s.points.map((p, n) => (n >= cut ? { value: p.v, itemStyle: { color: fade(colour, 0.5), borderColor: colour, borderType: "dashed", borderWidth: 1 } } : p.v)),
    };
  });
  d.series.forEach((s, i) => s.bands?.slice(0, 1).forEach((b) => series.push(whiskers(d, i, b.low, b.high, f))));
  attach(series, d, f, d.across);
  const category = { ...places(d.x, f), boundaryGap: true };
  if (!d.across) {
    return { grid: grid(d.y, f, 12, d.notes), xAxis: category, yAxis: numbers(d.y, f, f.rtl ? "right" : "left"), series };
  }
  const names = Math.min(Math.max(...d.x.map((x) => f.measure(x.label))) + gap, f.width * 0.38);
  return {
    grid: { top: d.target ? 20 : 4, bottom: 24, [f.rtl ? "right" : "left"]: names, [f.rtl ? "left" : "right"]: 20 },
    yAxis: { ...category, inverse: true, position: f.rtl ? "right" : "left", axisLine: { show: false }, axisLabel: { ...category.axisLabel, width: names - gap, overflow: "truncate", interval: 0, color: f.palette.ink, hideOverlap: false } },
    xAxis: { ...numbers(d.y, f, "bottom"), inverse: f.rtl },
    series,
  };
}

/** whiskers draws the interval of each bar of a series. */
function whiskers(d: Bar, nth: number, low: (number | null)[], high: (number | null)[], f: Frame): unknown {
  const bars = d.series.length;
  return {
    type: "custom", silent: true, z: 6, tooltip: { show: false },
    data: d.x.map((_, i) => [i, low[i] ?? "-", high[i] ?? "-"]),
    encode: d.across ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
    renderItem(_: unknown, api: { value(i: number): number; coord(p: number[]): number[]; size(p: number[]): number[] }) {
      const [i, lo, hi] = [api.value(0), api.value(1), api.value(2)];
      if (!Number.isFinite(lo) || !Number.isFinite(hi)) return null;
      const a = api.coord(d.across ? [lo, i] : [i, lo]);
      const b = api.coord(d.across ? [hi, i] : [i, hi]);
      const step = (d.across ? api.size([0, 1])[1]! : api.size([1, 0])[0]!) * 0.7 / bars;
      const shift = bars > 1 ? (nth - (bars - 1) / 2) * step : 0;
      const [dx, dy] = d.across ? [0, shift] : [f.rtl ? -shift : shift, 0];
      return { type: "line", shape: { x1: a[0]! + dx, y1: a[1]! + dy, x2: b[0]! + dx, y2: b[1]! + dy }, style: { stroke: f.palette.ink, lineWidth: 1.25, opacity: 0.75 } };
    },
  };
}

function scatter(d: Scatter, f: Frame): EChartsCoreOption {
  const groups = d.groups?.length ? d.groups : [""];
  const series: unknown[] = groups.map((name, g) => {
    const stroke = strokeOf(groups.map((n): Series => ({ name: n, points: [] })), g, f.palette);
    return {
      type: "scatter", name, symbol: stroke.symbol, z: 3,
      itemStyle: { color: fade(stroke.colour, 0.72), borderColor: f.palette.surface, borderWidth: 1 },
      emphasis: { itemStyle: { color: stroke.colour, borderColor: f.palette.ink } },
      label: { show: true, position: f.rtl ? "left" : "right", distance: 5, color: f.palette.ink, fontSize: 11, formatter: (p: { data: { dot: number } }) => { const dot = d.dots[p.data.dot]!; return dot.named ? dot.name : ""; } },
      labelLayout: { hideOverlap: true },
      data: d.dots.flatMap((dot, i) => ((dot.group ?? 0) === g ? [{ value: [dot.x, dot.y], symbolSize: dot.size ? 6 + 18 * Math.sqrt(dot.size) : 10, dot: i }] : [])),
    };
  });
  const lines = [...(d.xLine ? [mark("xAxis", d.xLine, f)] : []), ...(d.yLine ? [mark("yAxis", d.yLine, f)] : [])];
  if (lines.length) (series[0] as Record<string, unknown>).markLine = { silent: true, symbol: "none", animation: false, data: lines };
  const y = numbers(d.y, f, f.rtl ? "right" : "left");
  const named = (a: Axis) => (a.name ? { name: a.name, nameTextStyle: { color: f.palette.ink2, fontSize: size } } : {});
  return {
    grid: { ...grid(d.y, f, 24), top: d.y.name ? 32 : 12, bottom: d.x.name ? 44 : 26 },
    xAxis: { ...numbers(d.x, f, "bottom"), inverse: f.rtl, ...named(d.x), nameLocation: "middle", nameGap: 28 },
    yAxis: { ...y, ...named(d.y), nameLocation: "end", nameGap: 14, nameTextStyle: { color: f.palette.ink2, align: f.rtl ? "right" : "left", padding: f.rtl ? [0, -widest(d.y, f), 0, 0] : [0, 0, 0, -widest(d.y, f)] } },
    series,
  };
}

function widest(y: Axis, f: Frame): number {
  return Math.max(0, ...y.ticks.map((t) => f.measure(t.text))) + gap;
}

function grid(y: Axis, f: Frame, end: number, notes?: Note[]): Record<string, number> {
  return { top: notes?.length ? 26 : 12, bottom: 26, [f.rtl ? "right" : "left"]: widest(y, f), [f.rtl ? "left" : "right"]: end };
}

function places(x: Place[], f: Frame) {
  return {
    type: "category", data: x.map((p) => p.label), inverse: f.rtl,
    axisLine: { lineStyle: { color: f.palette.line, width: 1 }, onZero: false }, axisTick: { show: false }, splitLine: { show: false },
    axisLabel: { color: f.palette.ink2, fontSize: size, fontFamily: f.palette.font, margin: 8, hideOverlap: true },
  };
}

function numbers(a: Axis, f: Frame, position: string) {
  const step = a.ticks.length > 1 ? a.ticks[1]!.at - a.ticks[0]!.at : a.max - a.min;
  const text = (v: number) => a.ticks.find((t) => Math.abs(t.at - v) < step / 1000)?.text ?? "";
  return {
    type: "value", min: a.min, max: a.max, interval: step || 1, position,
    axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: f.palette.grid, width: 1 } },
    axisLabel: { color: f.palette.ink2, fontSize: size, fontFamily: f.palette.font, margin: 8, formatter: (v: number) => text(v) },
  };
}

function mark(axis: "xAxis" | "yAxis", t: Target, f: Frame, at?: string) {
  // At the beginning of reading, where lines have no labels of their own.
  const position = at ?? (axis === "xAxis" ? "end" : "insideStartTop");
  return {
    [axis]: t.value, lineStyle: { color: f.palette.target, width: 1.25, type: [6, 4], opacity: 0.8 },
    label: { formatter: t.text, position, color: f.palette.ink, fontSize: 11, fontWeight: 600, fontFamily: f.palette.font, backgroundColor: fade(f.palette.surface, 0.8), padding: [1, 3], distance: 2 },
  };
}

/** attach puts target and notes on the chart: a line for the target, for a note a
 *  numbered line, or a shade from its first to its last place. */
function attach(series: unknown[], d: Line | Bar, f: Frame, across = false): void {
  const lines: unknown[] = [];
  const areas: unknown[] = [];
  if (d.target) lines.push(mark(across ? "xAxis" : "yAxis", d.target, f, across ? "start" : undefined));
  for (const n of across ? [] : d.notes ?? []) {
    lines.push({
      xAxis: n.at, lineStyle: { color: f.palette.line, width: 1, type: [2, 3] },
      label: { formatter: n.mark, position: "end", distance: 3, color: f.palette.ink, fontSize: 11, fontWeight: 600, lineHeight: 12, padding: [2, 5], borderRadius: 8, borderWidth: 1, borderColor: f.palette.line, backgroundColor: f.palette.surface },
    });
    if (n.to !== undefined && n.to > n.at) areas.push([{ xAxis: n.at, itemStyle: { color: fade(f.palette.line, 0.12) } }, { xAxis: n.to }]);
  }
  const carrier = series.at(-1) as Record<string, unknown> | undefined;
  if (!carrier) return;
  if (lines.length) carrier.markLine = { silent: true, symbol: "none", animation: false, precision: 12, data: lines }; // by itself it rounds 0.055 to 0.06
  if (areas.length) carrier.markArea = { silent: true, data: areas };
}
