// What a page gives a chart: the same as package chart in Go. Numbers place the
// marks; every text a person reads comes formatted, so no locale is known here.

export interface Axis { min: number; max: number; ticks: { at: number; text: string }[]; name?: string }
export interface Place { label: string; long?: string; href?: string }
export interface Point { v: number | null; t?: string }
export interface Band { name: string; low: (number | null)[]; high: (number | null)[]; text?: string[] }
export type Role = "main" | "before" | "peer" | "forecast" | "";
export interface Series { name: string; role?: Role; points: Point[]; bands?: Band[]; partial?: number }
export interface Target { value: number; text: string }
export interface Note { at: number; to?: number; mark: string; text: string }

interface Base { title: string }
export interface Line extends Base { kind: "line"; x: Place[]; y: Axis; series: Series[]; target?: Target; notes?: Note[] }
export interface Bar extends Base { kind: "bar"; x: Place[]; y: Axis; series: Series[]; target?: Target; notes?: Note[]; across?: boolean; stacked?: boolean }
export interface Dot { x: number; y: number; name: string; text: string; group?: number; size?: number; named?: boolean; href?: string }
export interface Scatter extends Base { kind: "scatter"; x: Axis; y: Axis; dots: Dot[]; groups?: string[]; xLine?: Target; yLine?: Target }
export type Chart = Line | Bar | Scatter;
