// Who took part when, from the events of a run.

/** @typedef {import('./types.js').Line} Line */

/**
 * @typedef {object} Lane
 * @property {number} worker
 * @property {string} host
 * @property {{ from: number, to: number | null, reason: string }[]} stays in milliseconds; null while it is there
 */

/**
 * @typedef {object} Lanes
 * @property {Lane[]} lanes
 * @property {{ at: number, generation: number }[]} generations
 * @property {number} from
 * @property {number} to
 */

/**
 * Null where no event has a time.
 *
 * @param {Line[]} events
 * @param {number | null} now null where the run has ended
 * @returns {Lanes | null}
 */
export function lanesOf(events, now) {
  const timed = events
    .map((event) => ({ event, at: Date.parse(String(event.time)) }))
    .filter(({ at }) => !Number.isNaN(at));
  if (timed.length === 0) return null;
  /** @type {Map<number, Lane>} */
  const lanes = new Map();
  const generations = [];
  for (const { event, at } of timed) {
    if (event.kind === 'joined') join(lanes, event, at);
    else if (event.kind === 'left') leave(lanes.get(Number(event.worker)), String(event.reason), at);
    else if (event.kind === 'generation') generations.push({ at, generation: Number(event.generation) });
    else if (isEnd(event)) for (const lane of lanes.values()) leave(lane, '', at);
  }
  // The clocks of nodes differ: what came later in the file may bear an earlier time.
  const times = timed.map(({ at }) => at);
  const to = Math.max(now ?? -Infinity, ...times);
  return { lanes: [...lanes.values()], generations, from: Math.min(...times), to };
}

/** @param {Line} event */
export function isEnd({ kind }) {
  return kind === 'finished' || kind === 'failed';
}

/**
 * @param {Map<number, Lane>} lanes
 * @param {Line} event
 * @param {number} at
 */
function join(lanes, event, at) {
  const worker = Number(event.worker);
  const lane = lanes.get(worker) ?? { worker, host: String(event.host), stays: [] };
  // A coordinator that was started again names those that are still there once more.
  if (lane.stays.at(-1)?.to !== null) lane.stays.push({ from: at, to: null, reason: '' });
  lanes.set(worker, lane);
}

/**
 * @param {Lane | undefined} lane
 * @param {string} reason
 * @param {number} at
 */
function leave(lane, reason, at) {
  const stay = lane?.stays.at(-1);
  if (stay === undefined || stay.to !== null) return;
  stay.to = at;
  stay.reason = reason;
}
