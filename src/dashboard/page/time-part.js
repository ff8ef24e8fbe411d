// Where the time of a step goes, rank by rank: what holds the others up is seen at once.
import { el, fill, numbers, section, table } from './elements.js';
import { clock, duration, number } from './format.js';

/** The phases of a step in their order, each with a colour and what it is. @type {[string, string, string][]} */
const PHASES = [
  ['data', '--hue-2', 'waiting for data'],
  ['encode', '--hue-1', 'encoding'],
  ['gather', '--hue-7', 'gathering embeddings'],
  ['loss', '--hue-3', 'loss'],
  ['backward', '--hue-6', 'backward pass'],
  ['reduce', '--hue-5', 'summing gradients'],
  ['update', '--hue-4', 'update'],
];
const REST = '--hue-8';
/** Of more ranks, the slowest are shown. */
const MOST_RANKS = 24;

/** @typedef {import('./types.js').RanksLine} RanksLine */

/** @returns {import('./types.js').Part} */
export function timePart() {
  const bars = el('div', {});
  const legend = el('ul', { class: 'legend' });
  /** @type {RanksLine | null} */
  let shown = null;
  const details = numbers('Time of a step', () => (shown === null ? el('p', {}, 'None yet.') : phaseTable(shown)));
  const about = el('p', { class: 'soft' });
  const card = el('div', { class: 'card' }, about, bars, legend, details);
  const element = section(
    'time',
    'Time of a step',
    'What each rank spends it on: the longest bar is the one that the others wait for.',
    card,
  );

  /** @param {RanksLine | null} line */
  const show = (line) => {
    shown = usable(line);
    details.hidden = shown === null;
    legend.hidden = shown === null;
    if (shown === null)
      return fill(bars, el('p', { class: 'empty' }, 'The run has not left how long its ranks take (ranks.jsonl).'));
    fill(about, `Step ${number(shown.step)}, generation ${number(shown.generation)}, ${clock(shown.time)}`);
    fill(bars, ...barsOf(shown));
    const names = phasesOf(shown);
    fill(legend, ...names.map((name) => el('li', {}, swatch(colourOf(name)), meaningOf(name))));
    if (details.open) fill(/** @type {Element} */ (details.querySelector('.scroll')), phaseTable(shown));
  };
  show(null);
  return { element, begin: ({ ranks }) => show(ranks), ranks: (lines) => show(lines.at(-1) ?? null) };
}

/**
 * Null for what is no such line.
 *
 * @param {RanksLine | null} line
 */
function usable(line) {
  const whole =
    Array.isArray(line?.ranks) &&
    line.ranks.length > 0 &&
    line.ranks.every((rank) => typeof (rank?.phaseSeconds ?? null) === 'object' && rank?.phaseSeconds != null);
  return whole ? line : null;
}

/** @param {RanksLine} line */
function barsOf({ ranks }) {
  const longest = Math.max(...ranks.map(totalOf), 1e-9);
  const slowest = ranks.toSorted((a, b) => totalOf(b) - totalOf(a)).slice(0, MOST_RANKS);
  const rows = ranks.filter((rank) => slowest.includes(rank)).map((rank) => barOf(rank, longest));
  const more = ranks.length - rows.length;
  return [
    el('ul', { class: 'bars' }, ...rows),
    more === 0 ? null : el('p', { class: 'soft' }, `${more} faster ranks are left out.`),
  ];
}

/**
 * @param {RanksLine['ranks'][number]} rank
 * @param {number} longest
 */
function barOf(rank, longest) {
  const { phaseSeconds } = rank;
  const total = totalOf(rank);
  const parts = Object.keys(phaseSeconds).map((name) => `${meaningOf(name)} ${duration(phaseSeconds[name])}`);
  const bar = el('div', { class: 'stack', role: 'img', 'aria-label': `rank ${rank.rank}: ${parts.join(', ')}` });
  for (const name of sorted(Object.keys(phaseSeconds))) {
    const piece = el('span', { title: `${meaningOf(name)}: ${duration(phaseSeconds[name])}` });
    piece.style.width = `${(100 * phaseSeconds[name]) / longest}%`;
    piece.style.background = `var(${colourOf(name)})`;
    bar.append(piece);
  }
  const who = el(
    'span',
    { class: 'who' },
    el('b', {}, `rank ${rank.rank}`),
    el(
      'small',
      {},
      `worker ${rank.worker} on ${rank.host}, ${rank.microBatches} micro-batch${rank.microBatches === 1 ? '' : 'es'}`,
    ),
  );
  return el('li', {}, who, bar, el('span', { class: 'total' }, duration(total)));
}

/** @param {RanksLine} line */
function phaseTable(line) {
  const names = phasesOf(line);
  const rows = line.ranks.map(({ rank, worker, phaseSeconds }) => [
    `${rank} (worker ${worker})`,
    ...names.map((name) => (phaseSeconds[name] === undefined ? '–' : duration(phaseSeconds[name]))),
  ]);
  return table('Time of the step, rank by rank', ['Rank', ...names], rows);
}

/** @param {RanksLine} line */
function phasesOf({ ranks }) {
  return sorted([...new Set(ranks.flatMap(({ phaseSeconds }) => Object.keys(phaseSeconds)))]);
}

/** @param {string[]} names */
function sorted(names) {
  const place = (/** @type {string} */ name) =>
    (PHASES.findIndex(([known]) => known === name) + PHASES.length + 1) % (PHASES.length + 1);
  return names.sort((a, b) => place(a) - place(b));
}

/** @param {RanksLine['ranks'][number]} rank */
function totalOf({ phaseSeconds }) {
  return Object.values(phaseSeconds).reduce((sum, seconds) => sum + seconds, 0);
}

/** @param {string} phase */
function colourOf(phase) {
  return PHASES.find(([name]) => name === phase)?.[1] ?? REST;
}

/** @param {string} phase */
function meaningOf(phase) {
  return PHASES.find(([name]) => name === phase)?.[2] ?? phase;
}

/** @param {string} colour */
function swatch(colour) {
  const mark = el('span', { class: 'swatch', 'aria-hidden': 'true' });
  mark.style.background = `var(${colour})`;
  return mark;
}
