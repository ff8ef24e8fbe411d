// The log of the coordinator and of all workers, the newest line first.
import { el, fill, scrolled, section } from './elements.js';
import { clock } from './format.js';
import { get, runPath } from './server.js';

const LEVELS = ['debug', 'info', 'warn', 'error'];
const MOST_LINES = 400;
const TYPING_MS = 250;
/** What is shown in places of its own. */
const OWN_FIELDS = ['time', 'level', 'name', 'message', 'code', 'run'];

/** @typedef {import('./types.js').Line} Line */

/**
 * @param {string} run
 * @returns {import('./types.js').Part}
 */
export function logsPart(run) {
  const level = el(
    'select',
    { change: () => load() },
    ...LEVELS.map((name) => el('option', { value: name, selected: name === 'info' }, `${name} and worse`)),
  );
  const who = el('select', { change: () => load() }, el('option', { value: '' }, 'everybody'));
  const text = el('input', { type: 'search', placeholder: 'text', input: () => loadSoon() });
  const list = el('ol', { class: 'log' });
  const place = scrolled('Log lines', 'scroll tall', list);
  const note = el('p', { class: 'soft', role: 'status' });
  const tools = el(
    'form',
    { class: 'tools', submit: (/** @type {Event} */ event) => event.preventDefault() },
    labelled('Level', level),
    labelled('From', who),
    labelled('With', text),
  );
  const first = el('div', {});
  const element = section('logs', 'Logs', '', el('div', { class: 'card' }, first, tools, note, place));
  /** @type {Line | null} what failed first: where the cause of what follows is looked for */
  let failed = null;
  const showFirst = () =>
    fill(
      first,
      failed === null ? null : el('h3', {}, 'What failed first'),
      failed === null ? null : el('ol', { class: 'log' }, lineItem(failed)),
    );
  /** @type {Line[]} */
  let lines = [];
  /** @type {Line[]} what has come while an answer was on its way */
  let arrived = [];
  let turn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const question = () => ({ level: level.value, name: who.value, text: text.value });
  const load = async () => {
    const own = ++turn;
    arrived = [];
    try {
      const answer = await get(runPath(run, `logs?${new URLSearchParams(question())}`));
      if (own !== turn) return;
      const known = new Set(answer.lines.map((/** @type {Line} */ line) => JSON.stringify(line)));
      lines = [...answer.lines, ...arrived.filter((line) => !known.has(JSON.stringify(line)))];
      name(answer.names);
      show(answer.partly ? 'The log is long: what is older is not searched.' : '');
    } catch {
      fill(note, 'The log cannot be read now.');
    }
  };
  const loadSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(load, TYPING_MS);
  };
  const name = (/** @type {string[]} */ names) => {
    const chosen = who.value;
    const all = [...new Set([...names, ...(chosen === '' ? [] : [chosen])])];
    fill(
      who,
      el('option', { value: '' }, 'everybody'),
      ...all.map((one) => el('option', { value: one, selected: one === chosen }, one)),
    );
  };
  const show = (/** @type {string} */ more) => {
    lines = lines.slice(-MOST_LINES);
    fill(list, ...lines.toReversed().map(lineItem));
    const none =
      text.value === '' && who.value === '' && level.value !== 'error'
        ? 'The run has left no log lines (logs.jsonl).'
        : 'No line is like that.';
    fill(note, lines.length === 0 ? none : more);
    place.hidden = lines.length === 0;
  };
  return {
    element,
    begin: ({ firstError }) => {
      failed = firstError;
      showFirst();
      void load();
    },
    logs: (news) => {
      failed ??= news.find((line) => line.level === 'error') ?? null;
      showFirst();
      const wanted = news.filter((line) => matches(line, question()));
      if (wanted.length === 0) return;
      arrived = [...arrived, ...wanted].slice(-MOST_LINES);
      lines = [...lines, ...wanted];
      show('');
    },
    end: () => clearTimeout(timer),
  };
}

/**
 * @param {string} text
 * @param {HTMLElement} field
 */
export function labelled(text, field) {
  return el('label', { class: 'inline' }, text, field);
}

/**
 * As the server does it.
 *
 * @param {Line} line
 * @param {{ level: string, name: string, text: string }} question
 */
function matches(line, { level, name, text }) {
  const grade = LEVELS.indexOf(String(line.level));
  if (grade >= 0 && grade < LEVELS.indexOf(level)) return false;
  if (name !== '' && line.name !== name) return false;
  return text === '' || JSON.stringify(line).toLowerCase().includes(text.toLowerCase());
}

/** @param {Line} line */
function lineItem(line) {
  const { time, level, name, message, code } = line;
  const rest = Object.entries(line).filter(([key, value]) => !OWN_FIELDS.includes(key) && value !== null);
  const fields = rest
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' ');
  return el(
    'li',
    { 'data-level': String(level) },
    el('time', { datetime: String(time) }, clock(time)),
    el('span', { class: 'level' }, String(level)),
    el('span', { class: 'name' }, String(name ?? '')),
    el(
      'span',
      { class: 'message' },
      code === undefined || code === '' ? null : el('code', {}, `${String(code)} `),
      String(message ?? ''),
      fields === '' ? null : el('small', {}, ` ${fields}`),
    ),
  );
}
