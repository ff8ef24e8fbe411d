// The world over time: who joined, who was lost, which generations that made.
import { el, fill, section, svg } from './elements.js';
import { clock, duration } from './format.js';
import { isEnd, lanesOf } from './lanes.js';
import { sentenceOf } from './sentences.js';

const LANE = 26;
const HEAD = 22;
/** Of more workers, those that came or went since the beginning. */
const MOST_LANES = 32;
const MOST_EVENTS = 2_000;
const SHOWN_EVENTS = 12;
/** A run that goes on grows to the right. */
const REDRAW_MS = 5_000;

/** @typedef {import('./types.js').Line} Line */

/** @returns {import('./types.js').Part} */
export function workersPart() {
  const picture = el('div', { class: 'lanes' });
  const list = el('ol', { class: 'events', reversed: true });
  const all = el('button', { type: 'button', click: () => ((count = MOST_EVENTS), show()) }, 'Show all');
  const card = el('div', { class: 'card' }, picture, el('h3', {}, 'What happened, the newest first'), list, all);
  const element = section(
    'workers',
    'Workers',
    'Who took part when. A vertical line is a new generation; a cross is a worker that was lost or left.',
    card,
  );
  /** @type {Line[]} */
  let events = [];
  let count = SHOWN_EVENTS;
  let phase = '';

  const draw = () => {
    const ended =
      events.some(isEnd) || phase === 'finished' || phase === 'failed' || phase === 'stopped' || phase === 'quiet';
    const lanes = lanesOf(events, ended ? null : Date.now());
    fill(
      picture,
      lanes === null || lanes.lanes.length === 0
        ? el('p', { class: 'empty' }, 'The run has left no events (events.jsonl).')
        : drawLanes(lanes, picture.clientWidth),
    );
  };
  const show = () => {
    draw();
    fill(list, ...events.slice(-count).reverse().map(eventItem));
    list.setAttribute('start', String(events.length));
    all.hidden = events.length <= count;
  };
  const timer = setInterval(() => document.hidden || draw(), REDRAW_MS);
  const watcher = new ResizeObserver(draw);
  watcher.observe(picture);
  return {
    element,
    begin: (state) => {
      events = state.events;
      phase = state.summary.phase;
      show();
    },
    events: (lines) => {
      events = [...events, ...lines].slice(-MOST_EVENTS);
      show();
    },
    summary: (summary) => {
      phase = summary.phase;
    },
    end: () => {
      clearInterval(timer);
      watcher.disconnect();
    },
  };
}

/** @param {Line} event */
function eventItem(event) {
  const bad = ['left', 'failed', 'saveFailed'].includes(String(event.kind));
  return el(
    'li',
    {},
    el('time', { datetime: String(event.time), class: 'soft' }, clock(event.time)),
    ' ',
    el('span', { class: bad ? 'bad-text' : null }, sentenceOf(event)),
  );
}

/**
 * @param {import('./lanes.js').Lanes} lanes
 * @param {number} width
 */
function drawLanes({ lanes, generations, from, to }, width) {
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
