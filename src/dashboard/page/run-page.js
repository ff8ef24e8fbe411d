// The page of a run: its parts, and what they hear.
import { configurationPart } from './configuration-part.js';
import { curvesPart } from './curves-part.js';
import { el, fill } from './elements.js';
import { follow } from './follow.js';
import { headPart } from './head-part.js';
import { logsPart } from './logs-part.js';
import { retrievalPart } from './retrieval-part.js';
import { Refused, get, runPath } from './server.js';
import { timePart } from './time-part.js';
import { workersPart } from './workers-part.js';

/**
 * @typedef {object} RunPageOptions
 * @property {string} name
 * @property {{ id: string }[]} runs all that there are
 * @property {(state: string, text: string) => void} say
 * @property {() => void} expired
 */

/**
 * @param {HTMLElement} place
 * @param {RunPageOptions} options
 * @returns {() => undefined} what ends the page
 */
export function runPage(place, { name, runs, say, expired }) {
  const others = runs.map(({ id }) => id).filter((id) => id !== name);
  /** @type {import('./types.js').Part[]} */
  const parts = [
    headPart(name),
    curvesPart(name),
    timePart(),
    workersPart(),
    logsPart(name),
    retrievalPart(name),
    configurationPart(name, others),
  ];
  fill(place, ...parts.map(({ element }) => element));
  let over = false;
  /** @type {() => void} */
  let stop = () => undefined;

  const begin = async () => {
    try {
      const state = await get(runPath(name, 'state'));
      if (over) return;
      for (const part of parts) part.begin?.(state);
      stop = follow(name, state.cursor, { hear, reset: () => void begin(), say, expired });
    } catch (error) {
      if (over) return;
      if (error instanceof Refused && error.status === 401) return expired();
      fill(
        place,
        el(
          'div',
          { class: 'note bad', role: 'alert' },
          el('p', {}, error instanceof Error ? error.message : String(error)),
        ),
      );
    }
  };

  const hear = (/** @type {string} */ kind, /** @type {any} */ data) => {
    for (const part of parts) part[/** @type {'metrics'} */ (kind)]?.(data);
  };

  void begin();
  return () => {
    over = true;
    stop();
    for (const part of parts) part.end?.();
    return undefined;
  };
}
