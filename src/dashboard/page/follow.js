// Hears what is new in a run. Where the connection breaks, the browser tries again and says what it has heard last.
import { Refused, get, runPath } from './server.js';

const AGAIN_MS = 2_000;
const KINDS = ['metrics', 'events', 'ranks', 'logs', 'summary', 'evaluations'];

/**
 * @typedef {object} Listener
 * @property {(kind: string, data: any) => void} hear
 * @property {() => void} reset what the page knows no longer counts
 * @property {(state: string, text: string) => void} say
 * @property {() => void} expired the session is over
 */

/**
 * @param {string} run
 * @param {string} cursor what the page knows already
 * @param {Listener} listener
 * @returns {() => void} what ends it
 */
export function follow(run, cursor, listener) {
  let known = cursor;
  let over = false;
  /** @type {EventSource} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const open = () => {
    source = new EventSource(`api/${runPath(run, 'stream')}?from=${encodeURIComponent(known)}`);
    source.onopen = () => listener.say('live', 'connected');
    source.onerror = lost;
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        known = event.lastEventId;
        listener.hear(kind, JSON.parse(event.data));
      });
    }
    source.addEventListener('reset', () => {
      close();
      listener.reset();
    });
  };

  const lost = () => {
    listener.say('lost', 'connection lost, trying again');
    // The browser tries again by itself unless the server has answered with a refusal.
    if (source.readyState === EventSource.CLOSED) timer = setTimeout(() => void again(), AGAIN_MS);
  };

  const again = async () => {
    try {
      await get(runPath(run, 'summary'));
    } catch (error) {
      if (over) return;
      if (error instanceof Refused && error.status === 401) return listener.expired();
      timer = setTimeout(() => void again(), AGAIN_MS);
      return;
    }
    if (!over) open();
  };

  const close = () => {
    over = true;
    clearTimeout(timer);
    source.close();
  };

  open();
  return close;
}
