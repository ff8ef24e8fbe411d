// The configuration of the run, where each value was set, and what another run has in its place.
import { el, fill, scrolled, section } from './elements.js';
import { labelled } from './logs-part.js';
import { get, runPath } from './server.js';

/** @typedef {{ key: string, value: string, origin: string, other?: string | null }} Row */

/**
 * @param {string} run
 * @param {string[]} others names of the other runs
 * @returns {import('./types.js').Part}
 */
export function configurationPart(run, others) {
  const against = el(
    'select',
    { change: () => load() },
    el('option', { value: '' }, 'no other run'),
    ...others.map((name) => el('option', { value: name }, name)),
  );
  const text = el('input', { type: 'search', placeholder: 'key or value', input: () => show() });
  const place = scrolled('Keys', 'scroll tall');
  const note = el('p', { class: 'soft', role: 'status' });
  const tools = el(
    'div',
    { class: 'tools' },
    others.length === 0 ? null : labelled('Compare with', against),
    labelled('With', text),
  );
  const element = section('configuration', 'Configuration', '', el('div', { class: 'card' }, tools, note, place));
  /** @type {Row[]} */
  let rows = [];
  let problem = '';

  const load = async () => {
    const answer = await get(runPath(run, `configuration?against=${encodeURIComponent(against.value)}`)).catch(
      (/** @type {Error} */ error) => ({ rows: [], problem: error.message }),
    );
    rows = answer.rows;
    problem = answer.problem ?? '';
    show();
  };
  const show = () => {
    const compared = against.value !== '';
    const wanted = rows.filter(
      (row) =>
        (!compared || row.value !== row.other) && JSON.stringify(row).toLowerCase().includes(text.value.toLowerCase()),
    );
    const same = compared ? rows.filter((row) => row.value === row.other).length : 0;
    fill(note, problem, compared ? ` ${wanted.length} of ${rows.length} keys differ, ${same} are the same.` : '');
    place.hidden = wanted.length === 0;
    fill(place, wanted.length === 0 ? null : rowsTable(wanted, compared ? against.value : null, run));
  };
  return { element, begin: () => void load() };
}

/**
 * @param {Row[]} rows
 * @param {string | null} other
 * @param {string} run
 */
function rowsTable(rows, other, run) {
  const heads = other === null ? ['Key', 'Value', 'Set by'] : ['Key', run, other];
  const body = rows.map(({ key, value, origin, other: theirs }) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, key),
      el('td', {}, el('code', {}, value === '' ? '–' : value)),
      el('td', {}, other === null ? el('span', { class: 'soft' }, origin) : el('code', {}, theirs ?? '–')),
    ),
  );
  const head = el('tr', {}, ...heads.map((text) => el('th', { scope: 'col' }, text)));
  return el(
    'table',
    { class: 'configuration' },
    el('caption', { class: 'hidden-text' }, 'Configuration'),
    el('thead', {}, head),
    el('tbody', {}, ...body),
  );
}
