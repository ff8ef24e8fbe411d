// The list of runs.
import { el, fill, scrolled } from './elements.js';
import { duration, number } from './format.js';

/**
 * @typedef {import('./types.js').RunSummary & { id: string }} ListedRun
 */

/**
 * @param {HTMLElement} place
 * @param {ListedRun[]} runs
 * @returns {() => undefined} what ends the page
 */
export function runsPage(place, runs) {
  const sorted = runs.toSorted((a, b) => (a.sinceStep ?? Infinity) - (b.sinceStep ?? Infinity));
  const empty = el(
    'p',
    { class: 'empty' },
    'No run yet. A run shows up here once its output directory has its first file.',
  );
  const heads = ['Run', 'State', 'Step', 'Loss', 'Last step'];
  const rows = sorted.map((run) =>
    el(
      'tr',
      {},
      el(
        'th',
        { scope: 'row' },
        el('a', { href: `#/run/${encodeURIComponent(run.id)}` }, run.id),
        run.name === '' ? null : el('div', { class: 'soft' }, run.name),
      ),
      el('td', {}, phasePill(run.phase), ...run.problems.map((problem) => el('div', { class: 'soft' }, problem))),
      el('td', { class: 'number' }, stepOf(run)),
      el('td', { class: 'number' }, number(run.newest?.loss)),
      el('td', { class: 'number' }, run.sinceStep === null ? '–' : `${duration(run.sinceStep)} ago`),
    ),
  );
  const head = el(
    'tr',
    {},
    ...heads.map((text, column) => el('th', { scope: 'col', class: column > 1 ? 'number' : null }, text)),
  );
  const table = el(
    'table',
    {},
    el('caption', { class: 'hidden-text' }, 'Runs, the newest first'),
    el('thead', {}, head),
    el('tbody', {}, ...rows),
  );
  fill(
    place,
    el('h1', {}, 'Runs'),
    el('div', { class: 'card runs' }, runs.length === 0 ? empty : scrolled('List of runs', 'scroll-x', table)),
  );
  return () => undefined;
}

/** @param {string} phase */
export function phasePill(phase) {
  return el('span', { class: 'pill', 'data-phase': phase }, phase);
}

/** @param {{ step: number, steps: number }} run */
export function stepOf({ step, steps }) {
  return steps === 0 ? number(step) : `${number(step)} of ${number(steps)}`;
}
