// How uPlot draws a chart: scales, axes and colours of the style sheet.
import uPlot from './uplot.js';

/**
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {string} colour a variable of the style sheet
 * @property {boolean} whole whole numbers, drawn in steps
 * @property {boolean} log
 * @property {boolean} dots a curve of a point or two would not be seen
 * @property {(index: number | null) => void} onPoint
 * @property {(plot: uPlot) => void} onSelect
 */

/**
 * @param {Layout} layout
 * @returns {uPlot.Options}
 */
export function layoutOf({ width, height, colour, whole, log, dots, onPoint, onSelect }) {
  const style = getComputedStyle(document.documentElement);
  const colourOf = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colourOf('--soft'),
    grid: { stroke: colourOf('--grid'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const label = (/** @type {number | null} */ tick) => (tick === null || (whole && tick % 1 !== 0) ? '' : short(tick));
  const paths = whole ? { paths: /** @type {any} */ (uPlot.paths).stepped({ align: 1 }) } : {};
  return {
    ...{ width, height, legend: { show: false }, padding: [8, 8, 0, 0] },
    cursor: { sync: { key: 'steps' }, y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
    scales: { x: { time: false }, y: log ? { distr: 3 } : { range: whole ? wholeRange : padded } },
    axes: [
      { ...axis, space: 70, size: 30 },
      { ...axis, size: 54, space: 34, values: (_, ticks) => ticks.map(label) },
    ],
    series: [{}, { stroke: colourOf(colour), width: 1.6, points: { show: dots }, spanGaps: false, ...paths }],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)], setSelect: [onSelect] },
  };
}

function wholeRange(/** @type {uPlot} */ _, /** @type {number} */ _low, /** @type {number} */ high) {
  return /** @type {[number, number]} */ ([0, Math.max(1, (high ?? 0) + 1)]);
}

/** A curve that does not move is a line in the middle. */
function padded(/** @type {uPlot} */ _, /** @type {number} */ low, /** @type {number} */ high) {
  if (low === null || high === null) return /** @type {[number, number]} */ ([0, 1]);
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return /** @type {[number, number]} */ ([low >= 0 && low - room < 0 ? 0 : low - room, high + room]);
}

/** @param {number} tick */
function short(tick) {
  const size = Math.abs(tick);
  if (size !== 0 && (size < 0.001 || size >= 1e5)) return tick.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  return String(Number(tick.toPrecision(6)));
}
