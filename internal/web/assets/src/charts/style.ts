// How marks look: read from the style sheet, so that themes have one source.

import type { Series } from "./data.ts";

export interface Palette {
  series: string[];
  before: string;
  target: string;
  grid: string;
  ink: string;
  ink2: string;
  surface: string;
  line: string;
  accentSoft: string;
  font: string;
}

/** readPalette resolves the custom properties as they are in force at an element. */
export function readPalette(at: Element): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  at.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    series: ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6"].map(colour),
    before: colour("--c-before"),
    target: colour("--c-target"),
    grid: colour("--c-grid"),
    ink: colour("--ink"),
    ink2: colour("--ink-2"),
    surface: colour("--surface"),
    line: colour("--line-strong"),
    accentSoft: colour("--accent-soft"),
    font: getComputedStyle(at).fontFamily,
  };
  probe.remove();
  return palette;
}

export interface Stroke { colour: string; width: number; dash: number[] | "solid"; symbol: "circle" | "rect" | "triangle" | "diamond" }

const symbols = ["circle", "rect", "triangle", "diamond"] as const;

/** strokeOf gives a series its look: by its role, else by its place among the
 *  coloured ones; dashes and shapes differ too, for those who see no colour. */
export function strokeOf(all: readonly Series[], index: number, p: Palette): Stroke {
  const s = all[index]!;
  const nth = all.slice(0, index).filter((o) => o.role !== "before" && o.role !== "peer").length;
  const symbol = symbols[nth % symbols.length]!;
  switch (s.role) {
    case "before": return { colour: p.before, width: 1.5, dash: [4, 3], symbol };
    case "peer": return { colour: p.before, width: 1.5, dash: [1.5, 2.5], symbol };
    case "forecast": return { colour: p.series[0]!, width: 2, dash: [5, 4], symbol };
    case "main": return { colour: p.series[0]!, width: 2.25, dash: "solid", symbol };
  }
  const dashes: Stroke["dash"][] = ["solid", "solid", "solid", [6, 3], [2, 3], [6, 3, 2, 3]];
  return { colour: p.series[nth % p.series.length]!, width: 2, dash: dashes[nth % dashes.length]!, symbol };
}

/** fade gives a colour of the style sheet, "rgb(1, 2, 3)", an opacity. */
export function fade(colour: string, opacity: number): string {
  const parts = colour.match(/[\d.]+/g);
  return parts && parts.length >= 3 ? `rgba(${parts[0]},${parts[1]},${parts[2]},${opacity})` : colour;
}
