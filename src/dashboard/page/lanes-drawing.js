// The world over time as a drawing: a lane for each worker, a line for each generation.
import { el, svg } from './elements.js';
import { clock, duration } from './format.js';

const LANE = 26;
const HEAD = 22;
/** Of more workers, those that came or went since the beginning. */
const MOST_LANES = 32;

/**
 * @param {import('./lanes.js').Lanes} lanes
 * @param {number} width
 */
export function drawLanes({ lanes, generations, from, to }, width) {
  const label = Math.min(150, width * 0.34);
  const room = Math.max(width - label - 12, 40);
  const x = (/** @type {number} */ at) => label + (room * (at - from)) / Math.max(to - from, 1);
  const shown = chosen(lanes);
  const height = HEAD + shown.length * LANE + 4;
  const marks = generations.map(({ at, generation }) => generationMark(x(at), generation, height));
  const rows = shown.map((lane, index) => laneRow(lane, HEAD + index * LANE, x, to));
  const words = shown.map(describeLane).join('. ');
  const drawing = svg(
    'svg',
    {
      width,
      height,
      role: 'img',
      'aria-label': `Workers from ${clock(new Date(from))} to ${clock(new Date(to))}. ${words}`,
    },
    ...thinned(marks),
    ...rows.flat(),
  );
  const more = lanes.length - shown.length;
  return el(
    'div',
    {},
    drawing,
    el(
      'p',
      { class: 'soft scale' },
      `${clock(new Date(from))} to ${clock(new Date(to))}, ${duration((to - from) / 1000)}`,
      more === 0 ? '' : `; ${more} workers that stayed all the time are left out`,
    ),
  );
}

/** @param {import('./lanes.js').Lane[]} lanes */
function chosen(lanes) {
  if (lanes.length <= MOST_LANES) return lanes;
  const changes = (/** @type {import('./lanes.js').Lane} */ { stays }) =>
    stays.length * 2 - (stays.at(-1)?.to === null ? 1 : 0);
  const most = lanes.toSorted((a, b) => changes(b) - changes(a) || b.worker - a.worker).slice(0, MOST_LANES);
  return lanes.filter((lane) => most.includes(lane));
}

/** Lines that would stand on each other are one. @param {{ at: number, nodes: SVGElement[] }[]} marks */
function thinned(marks) {
  let last = -Infinity;
  return marks.flatMap(({ at, nodes }) => {
    const [line, text] = nodes;
    if (at - last < 22) return [line];
    last = at;
    return [line, text];
  });
}

/**
 * @param {number} at
 * @param {number} generation
 * @param {number} height
 */
function generationMark(at, generation, height) {
  const line = svg('line', { class: 'generation', x1: at, x2: at, y1: HEAD - 4, y2: height });
  return {
    at,
    nodes: [line, svg('text', { class: 'lane-text', x: at, y: HEAD - 8, 'text-anchor': 'middle' }, generation)],
  };
}

/**
 * @param {import('./lanes.js').Lane} lane
 * @param {number} top
 * @param {(at: number) => number} x
 * @param {number} now
 */
function laneRow({ worker, host, stays }, top, x, now) {
  const text = svg('text', { class: 'lane-text', x: 0, y: top + 17 }, `worker ${worker}`, svg('title', {}, host));
  const bars = stays.flatMap(({ from, to, reason }) => {
    const [left, right] = [x(from), x(to ?? now)];
    const bar = svg('rect', {
      class: 'stay',
      x: left,
      y: top + 6,
      width: Math.max(right - left, 2),
      height: LANE - 12,
      rx: 4,
    });
    const cross =
      to === null || reason === ''
        ? null
        : svg('path', { class: 'loss', d: `M${right - 5} ${top + 8}l10 10m0 -10l-10 10` }, svg('title', {}, reason));
    return [bar, cross].filter((node) => node !== null);
  });
  return [text, ...bars];
}

/** @param {import('./lanes.js').Lane} lane */
function describeLane({ worker, stays }) {
  const parts = stays.map(
    ({ from, to, reason }) =>
      `from ${clock(new Date(from))}${to === null ? ' on' : ` to ${clock(new Date(to))}${reason === '' ? '' : `: ${reason}`}`}`,
  );
  return `Worker ${worker} ${parts.join(', ')}`;
}
