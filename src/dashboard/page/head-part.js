// The head of a run's page: where it stands, why it failed, what cannot be read.
import { el, fill } from './elements.js';
import { duration, number, percent } from './format.js';
import { phasePill, stepOf } from './runs-page.js';

const JUMPS = {
  curves: 'Curves',
  time: 'Time',
  workers: 'Workers',
  logs: 'Logs',
  retrieval: 'Retrieval',
  configuration: 'Configuration',
};

/**
 * @param {string} name
 * @returns {import('./types.js').Part}
 */
export function headPart(name) {
  const title = el('div', { class: 'run-title' });
  const about = el('p', { class: 'soft' });
  const bar = el('progress', { 'aria-label': 'Steps done', max: 1 });
  const tiles = el('dl', { class: 'tiles' });
  const failure = el('div', { role: 'alert' });
  const problems = el('div', {});
  const jumps = Object.entries(JUMPS).map(([id, text]) => el('li', {}, el('a', { href: `#${id}`, click: jump }, text)));
  const element = el(
    'section',
    { 'aria-label': 'State of the run' },
    title,
    about,
    bar,
    failure,
    problems,
    tiles,
    el('nav', { 'aria-label': 'Parts of this page' }, el('ul', { class: 'jumps' }, ...jumps)),
  );
  let [failureText, phase] = ['', ''];

  /** @param {import('./types.js').RunSummary} summary */
  const show = (summary) => {
    if (summary.phase !== phase) fill(title, el('h1', {}, name), phasePill(summary.phase));
    phase = summary.phase;
    fill(about, describe(summary));
    bar.hidden = summary.steps === 0;
    bar.value = summary.steps === 0 ? 0 : summary.step / summary.steps;
    fill(tiles, ...tilesOf(summary));
    fill(problems, ...summary.problems.map((problem) => el('div', { class: 'note' }, el('p', {}, problem))));
    // What is said again would be read out again.
    if (JSON.stringify(summary.failure) !== failureText) fill(failure, failureNote(summary.failure));
    failureText = JSON.stringify(summary.failure);
  };
  return { element, begin: ({ summary }) => show(summary), summary: show };
}

/** Links within the page leave the address of the run alone. */
function jump(/** @type {Event} */ event) {
  event.preventDefault();
  const target = /** @type {HTMLAnchorElement} */ (event.currentTarget).hash.slice(1);
  const section = document.getElementById(target);
  section?.scrollIntoView({ behavior: 'smooth' });
  section?.focus({ preventScroll: true });
}

/** @param {import('./types.js').RunSummary} summary */
function describe(summary) {
  const { name, runId, phase, sinceStep } = summary;
  const quiet =
    phase === 'quiet' ? `No step for ${duration(sinceStep)}, and nobody has ended it: it hangs, or was killed.` : '';
  const waiting = phase === 'waiting' ? 'No step yet.' : '';
  return [name, runId === null ? '' : `run ${runId}`, `step ${stepOf(summary)}`, quiet || waiting]
    .filter((text) => text !== '')
    .join(' · ');
}

/** @param {import('./types.js').RunSummary} summary */
function tilesOf({ newest, step, steps, stepSeconds, phase, checkpoint }) {
  const left = phase === 'training' && steps > step && stepSeconds !== null ? (steps - step) * stepSeconds : null;
  return [
    tile('Loss', number(newest?.loss), `at step ${number(step)}`),
    tile(
      'Pairs per second',
      number(newest?.pairs_per_second),
      stepSeconds === null ? '' : `${duration(stepSeconds)} a step`,
    ),
    tile(
      'Time left',
      left === null ? '–' : duration(left),
      steps === 0 ? '' : `${Math.floor((100 * step) / steps)} % done`,
    ),
    tile('Workers', number(newest?.world), newest === null ? '' : `generation ${number(newest.generation)}`),
    tile('Waiting for data', percent(newest?.data_wait), waitAdvice(newest?.data_wait)),
    tile('Checkpoint', checkpoint === null ? '–' : `step ${number(checkpoint.step)}`, ''),
  ];
}

/** @param {number | null | undefined} share */
function waitAdvice(share) {
  return (share ?? 0) > 0.2 ? 'the data holds the run up' : 'of each step';
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} more
 */
function tile(name, value, more) {
  return el(
    'div',
    { class: 'card tile' },
    el('dt', {}, name),
    el('dd', {}, value, more === '' ? null : el('small', {}, more)),
  );
}

/** @param {import('./types.js').RunSummary['failure']} failure */
function failureNote(failure) {
  if (failure === null) return null;
  const { code, message, where, remedy } = failure;
  return el(
    'div',
    { class: 'note bad' },
    el('h2', {}, 'First failure'),
    el('p', {}, code === '' ? null : el('code', {}, code), ` ${message}`),
    where === '' ? null : el('p', { class: 'soft' }, where),
    remedy === '' ? null : el('p', {}, remedy),
  );
}
