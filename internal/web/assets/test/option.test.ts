import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bar, Line, Series } from "../src/charts/data.ts";
import { directly, needsLegend, optionOf, type Frame } from "../src/charts/option.ts";
import { fade, strokeOf, type Palette } from "../src/charts/style.ts";

const palette: Palette = { series: ["c1", "c2", "c3", "c4", "c5", "c6"], before: "b", target: "t", grid: "g", ink: "i", ink2: "j", surface: "s", line: "l", accentSoft: "a", font: "f" };
const frame = (o: Partial<Frame> = {}): Frame => ({ width: 900, height: 250, rtl: false, palette, measure: (t) => 7 * t.length, tooltip: () => "", ...o });
const y = { min: 0, max: 10, ticks: [{ at: 0, text: "0 %" }, { at: 5, text: "5 %" }, { at: 10, text: "10 %" }] };
const x = ["1 Nov", "2 Nov", "3 Nov", "4 Nov"].map((label) => ({ label }));
const main: Series = { name: "East", role: "main", points: [{ v: 1 }, { v: null }, { v: 3 }, { v: 4 }] };
const line = (more: Partial<Line> = {}): Line => ({ kind: "line", title: "", x, y, series: [main], ...more });

type Any = any; // options of ECharts are a tree of anything
const series = (o: unknown) => (o as Any).series as Any[];

test("a gap stays a gap", () => {
  assert.deepEqual(series(optionOf(line(), frame()))[0].data, [1, null, 3, 4]);
});

test("what is not complete is a line of its own that begins at the last complete point", () => {
  const [whole, rest] = series(optionOf(line({ series: [{ ...main, partial: 3 }] }), frame()));
  assert.deepEqual(whole.data, [1, null, 3, null]);
  assert.deepEqual(rest.data, [null, null, 3, 4]);
  assert.notEqual(rest.lineStyle.type, "solid");
});

test("a band is its low and what is missing to its high", () => {
  const bands = [{ name: "95 %", low: [1, null, 2, 2], high: [3, null, 5, 2] }];
  const [low, rest] = series(optionOf(line({ series: [{ ...main, bands }] }), frame()));
  assert.deepEqual(low.data, [1, null, 2, 2]);
  assert.deepEqual(rest.data, [2, null, 3, 0]);
  assert.equal(low.stack, rest.stack);
});

test("right to left mirrors the axes and keeps the texts", () => {
  const o = optionOf(line(), frame({ rtl: true })) as Any;
  assert.equal(o.xAxis.inverse, true);
  assert.equal(o.yAxis.position, "right");
  assert.equal(o.yAxis.axisLabel.formatter(5), "5 %");
  assert.equal(o.grid.right, 36);
  assert.equal((optionOf({ ...line(), kind: "bar", across: true } as Bar, frame({ rtl: true })) as Any).xAxis.inverse, true);
});

test("lines are labelled at their ends where there is room, else by a legend", () => {
  const two = line({ series: [main, { ...main, name: "before", role: "before" }] });
  assert.equal(directly(two, { width: 900 }), true);
  assert.equal(needsLegend(two, { width: 900 }), false);
  assert.equal(needsLegend(two, { width: 400 }), true);
  assert.equal(needsLegend(line(), { width: 400 }), false);
});

test("the target is a line with its text", () => {
  const o = optionOf(line({ target: { value: 6, text: "Target 6 %" } }), frame());
  const [mark] = series(o).at(-1).markLine.data;
  assert.equal(mark.yAxis, 6);
  assert.equal(mark.label.formatter, "Target 6 %");
});

test("roles look alike everywhere; others take the next colour", () => {
  const all: Series[] = [{ name: "", role: "before", points: [] }, { name: "", points: [] }, { name: "", points: [] }];
  assert.deepEqual(all.map((_, i) => strokeOf(all, i, palette).colour), ["b", "c1", "c2"]);
  assert.equal(fade("rgb(1, 2, 3)", 0.5), "rgba(1,2,3,0.5)");
});
