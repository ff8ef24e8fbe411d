/** What happens in a run as it is kept for those who look later: in the log of a store, and in OUT/events.jsonl. */
import type { RunEvent } from '../rpc/run-events.js';

/** An event with the id of its run and its time, ISO 8601. */
export type StoredEvent = { run: string; time: string } & RunEvent;

export function storedEvent(run: string, event: RunEvent): StoredEvent {
  return { run, time: new Date().toISOString(), ...event };
}
