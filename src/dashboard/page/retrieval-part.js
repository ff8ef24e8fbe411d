// What retrieval looks like at each evaluation: scores, and a few examples with their pictures.
import { el, fill, scrolled, section, table } from './elements.js';
import { number, percent } from './format.js';
import { labelled } from './logs-part.js';
import { get, runPath } from './server.js';

/**
 * @typedef {{ r1: number, r5: number, r10: number }} Recall
 * @typedef {{ step: number, problem?: string, split: string, pairs: number, imageToReport: Recall, reportToImage: Recall }} Evaluation
 * @typedef {{ picture: string, image: string, report: string, labels: string[] }} ShownPair
 * @typedef {{ direction: 'imageToReport' | 'reportToImage', pair: number, rank: number, found: { pair: number, similarity: number }[] }} Example
 */

/**
 * @param {string} run
 * @returns {import('./types.js').Part}
 */
export function retrievalPart(run) {
  const choice = el('select', { change: () => choose() });
  const scores = scrolled('Scores', 'scroll-x');
  const examples = el('div', { class: 'examples' });
  const tools = el('div', { class: 'tools' }, labelled('Evaluation', choice));
  const empty = el(
    'p',
    { class: 'empty' },
    'No evaluation yet. ',
    el('code', {}, 'mlip train'),
    ' makes one at its end, ',
    el('code', {}, 'mlip eval retrieval'),
    ' of any checkpoint.',
  );
  const card = el('div', { class: 'card' }, empty, scores);
  const element = section(
    'retrieval',
    'Retrieval',
    'How well held-out images find their reports, and reports their images.',
    card,
    examples,
  );
  element.querySelector('.section-head')?.append(tools);
  let known = '';

  const load = async () => {
    /** @type {Evaluation[]} */
    const list = await get(runPath(run, 'evaluations')).catch(() => []);
    if (JSON.stringify(list) === known) return;
    known = JSON.stringify(list);
    empty.hidden = list.length > 0;
    tools.hidden = list.length === 0;
    fill(choice, ...list.toReversed().map(({ step }) => el('option', { value: step }, `step ${number(step)}`)));
    scores.hidden = list.length === 0;
    fill(scores, list.length === 0 ? null : scoreTable(list));
    await choose();
  };
  const choose = async () => {
    if (choice.value === '') return fill(examples);
    const path = runPath(run, `evaluations/${choice.value}`);
    const file = await get(path).catch((/** @type {Error} */ error) => ({ problem: error.message }));
    if (file.problem !== undefined) return fill(examples, el('div', { class: 'note' }, el('p', {}, file.problem)));
    const picture = (/** @type {ShownPair} */ pair) => `api/${path}/${encodeURIComponent(pair.picture)}`;
    fill(
      examples,
      ...(file.examples ?? []).map((/** @type {Example} */ example) => exampleCard(example, file.shown ?? {}, picture)),
    );
  };
  return { element, begin: () => void load(), evaluations: () => void load() };
}

/** @param {Evaluation[]} list */
function scoreTable(list) {
  const heads = ['Step', 'Image to report R@1', 'R@5', 'R@10', 'Report to image R@1', 'R@5', 'R@10', 'Pairs'];
  const rows = list.toReversed().map(({ step, problem, pairs, split, imageToReport: image, reportToImage: report }) => {
    if (problem !== undefined)
      return [number(step), el('span', { class: 'soft' }, problem), ...heads.slice(2).map(() => '')];
    const shares = [image, report].flatMap(({ r1, r5, r10 }) => [r1, r5, r10]).map(percent);
    return [number(step), ...shares, `${number(pairs)} ${split}`];
  });
  return table('Share of the queries whose other half is among the first 1, 5 and 10', heads, rows);
}

/**
 * @param {Example} example
 * @param {Record<number, ShownPair>} shown
 * @param {(pair: ShownPair) => string} picture
 */
function exampleCard({ direction, pair, rank, found }, shown, picture) {
  const query = shown[pair];
  if (query === undefined) return null;
  const image = direction === 'imageToReport';
  const words = el('blockquote', { title: query.report }, image ? el('b', {}, 'Its own report: ') : null, query.report);
  const given = image ? [photo(query, picture), words] : [words];
  const answers = found.map(({ pair: other, similarity }) => {
    const right = other === pair;
    const candidate = shown[other];
    const what =
      candidate === undefined
        ? null
        : image
          ? el('span', { class: 'report', title: candidate.report }, candidate.report)
          : photo(candidate, picture);
    return el(
      'li',
      { class: right ? 'right' : null },
      what,
      el('small', { class: 'soft' }, right ? 'its own, ' : '', similarity.toFixed(3)),
    );
  });
  const title = image ? 'Nearest reports of an image' : 'Nearest images of a report';
  const place = rank === 1 ? 'found first' : `its own is number ${number(rank)}`;
  const head = el(
    'h3',
    {},
    title,
    el('span', { class: 'pill', 'data-phase': rank === 1 ? 'finished' : 'waiting' }, place),
  );
  return el(
    'article',
    { class: image ? 'card example' : 'card example images' },
    head,
    el('div', { class: 'given' }, ...given),
    el('ol', {}, ...answers),
  );
}

/**
 * @param {ShownPair} pair
 * @param {(pair: ShownPair) => string} picture
 */
function photo(pair, picture) {
  const labels = pair.labels.length === 0 ? '' : `, ${pair.labels.join(', ')}`;
  return el('img', {
    src: picture(pair),
    alt: `Image ${pair.image}${labels}`,
    loading: 'lazy',
    width: 192,
    height: 192,
  });
}
