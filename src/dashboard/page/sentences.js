// Events of a run in words.
import { duration, number } from './format.js';

/** @typedef {import('./types.js').Line} Line */

/** @type {Record<string, (event: Line) => string>} */
const SENTENCES = {
  joined: ({ worker, host, device }) => `worker ${worker} joined from ${host}, ${device}`,
  left: ({ worker, reason }) => `worker ${worker} is gone: ${reason}`,
  generation: ({ generation, world, step, seconds, reason }) =>
    `generation ${generation} of ${world} worker(s) goes on after step ${number(Number(step))}, in place after ${duration(Number(seconds))}: ${reason}`,
  started: ({ startStep, steps }) => `training starts at step ${number(Number(startStep))} of ${number(Number(steps))}`,
  saved: ({ step }) => `checkpoint of step ${number(Number(step))} written`,
  saveFailed: ({ step, worker, failure }) =>
    `worker ${worker} could not write the checkpoint of step ${number(Number(step))}: ${messageOf(failure)}`,
  leaving: ({ worker }) => `worker ${worker} is about to leave`,
  paused: ({ step }) => `paused after step ${number(Number(step))}`,
  resumed: ({ step }) => `goes on after step ${number(Number(step))}`,
  scaled: ({ workers }) => `is to have ${workers} worker(s)`,
  notice: ({ text }) => String(text),
  failed: ({ failure }) => `the run failed: ${messageOf(failure)}`,
  finished: ({ stopped, step }) => `${stopped === true ? 'stopped' : 'finished'} after step ${number(Number(step))}`,
};

/**
 * Of a kind that a newer version has brought, what it says.
 *
 * @param {Line} event
 */
export function sentenceOf(event) {
  const known = Object.hasOwn(SENTENCES, String(event.kind)) ? SENTENCES[String(event.kind)] : undefined;
  if (known !== undefined) return known(event);
  const rest = Object.entries(event).filter(([key]) => !['kind', 'run', 'time'].includes(key));
  return `${String(event.kind)} ${JSON.stringify(Object.fromEntries(rest))}`;
}

/** @param {unknown} failure */
function messageOf(failure) {
  const { code = '', message = '' } = /** @type {{ code?: string, message?: string }} */ (failure ?? {});
  return `${code} ${message}`.trim();
}
