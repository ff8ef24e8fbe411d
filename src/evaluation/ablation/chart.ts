/**
 * The chart of an ablation as SVG: a panel a metric, a row a variant; a dot is the mean over the seeds, its bar one standard
 * deviation to each side, the small dots are the seeds, the dashed line is the whole method.
 */
import { scaleFor, type Scale } from './chart-scale.js';
import { METRIC_NAMES, METRICS, type Metric, type Summary } from './scores.js';
import { isShare, type AblationRow } from './table.js';

const ROW = 30;
const TOP = 54;
const BOTTOM = 62;
const PANEL = 176;
const GAP = 48;
const MARGIN = 24;
const LETTER = 7.7;

/** Greys and a blue that are legible on white and on black. */
const STYLE = `
text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #6e7781; }
.name { font-weight: 600; }
.tick, .note { font-size: 11.5px; }
.grid { stroke: #8b949e; stroke-opacity: 0.3; }
.whole { stroke: #8b949e; stroke-dasharray: 3 3; }
.bar { stroke: #2f81d6; stroke-width: 2; stroke-linecap: round; }
.mean, .seed { fill: #2f81d6; }
.seed { fill-opacity: 0.55; }
`;
const NOTE = 'large dot: mean; bar: one standard deviation each way; small dots: seeds; dashed line: full';
const WHOLE = 'full';

/** @param rows at least one; those without any score are drawn empty */
export function ablationChart(rows: readonly AblationRow[]): string {
  const metrics = METRICS.filter((metric) => rows.some(({ summaries }) => summaries[metric] !== null));
  const labels = MARGIN + LETTER * Math.max(...rows.map(({ variant }) => variant.length)) + 14;
  const width = Math.ceil(labels + metrics.length * (PANEL + GAP) + MARGIN - GAP);
  const height = TOP + rows.length * ROW + BOTTOM;
  const names = rows.map(({ variant }, at) => text(labels - 14, middleOf(at) + 4.5, variant, 'row', 'end'));
  const panels = metrics.map((metric, at) => panel(metric, rows, labels + at * (PANEL + GAP)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>Ablation: ${rows.map(({ variant }) => escape(variant)).join(', ')}</title>`,
    `<style>${STYLE}</style>`,
    ...names,
    ...panels.flat(),
    text(labels, height - 14, NOTE, 'note', 'start'),
    '</svg>\n',
  ].join('\n');
}

function panel(metric: Metric, rows: readonly AblationRow[], left: number): string[] {
  const summaries = rows.map((row) => row.summaries[metric]);
  const scale = scaleFor(summaries.flatMap(extent));
  const xOf = (value: number): number => left + ((value - scale.from) / (scale.to - scale.from)) * PANEL;
  const bottom = TOP + rows.length * ROW;
  const whole = rows.find(({ variant }) => variant === WHOLE)?.summaries[metric];
  return [
    text(left, TOP - 20, METRIC_NAMES[metric] + (isShare(metric) ? ', %' : ''), 'name', 'start'),
    ...ticks(metric, scale, xOf, bottom),
    ...(whole ? [line(xOf(whole.mean), TOP - 6, xOf(whole.mean), bottom, 'whole')] : []),
    ...summaries.flatMap((summary, at) => (summary === null ? [] : dots(summary, middleOf(at), xOf))),
  ];
}

function extent(summary: Summary | null): number[] {
  if (summary === null) return [];
  const { mean, deviation, values } = summary;
  return [...values, mean - (deviation ?? 0), mean + (deviation ?? 0)];
}

function ticks(metric: Metric, { ticks: values }: Scale, xOf: (value: number) => number, bottom: number): string[] {
  const shown = isShare(metric) ? values.map((value) => value * 100) : values;
  const step = shown[1] - shown[0];
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return values.flatMap((value, at) => [
    line(xOf(value), TOP - 6, xOf(value), bottom, 'grid'),
    text(xOf(value), bottom + 18, shown[at].toFixed(digits), 'tick', 'middle'),
  ]);
}

function dots({ mean, deviation, values }: Summary, y: number, xOf: (value: number) => number): string[] {
  const bar = deviation === null ? [] : [line(xOf(mean - deviation), y, xOf(mean + deviation), y, 'bar')];
  return [...values.map((value) => dot(xOf(value), y + 9, 2, 'seed')), ...bar, dot(xOf(mean), y, 4.5, 'mean')];
}

const middleOf = (row: number): number => TOP + (row + 0.5) * ROW;
const round = (value: number): string => String(Number(value.toFixed(1)));

function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line class="${kind}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

function dot(x: number, y: number, radius: number, kind: string): string {
  return `<circle class="${kind}" cx="${round(x)}" cy="${round(y)}" r="${radius}"/>`;
}

function text(x: number, y: number, content: string, kind: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
