// The world over time: who joined, who was lost, which generations that made.
import { el, fill, section } from './elements.js';
import { clock } from './format.js';
import { drawLanes } from './lanes-drawing.js';
import { isEnd, lanesOf } from './lanes.js';
import { sentenceOf } from './sentences.js';

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
