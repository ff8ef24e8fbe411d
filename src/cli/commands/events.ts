/** `mlip events`: what has happened in the runs of a store, and what happens. */
import { Command } from 'commander';
import type { Store } from '../../bus/store.js';
import { EXIT } from '../../core/errors.js';
import { onInterrupt } from '../launch/interrupt.js';
import { addExamples } from '../options.js';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.js';
import { answer } from '../terminal.js';

interface EventsOptions extends StoreOptions {
  follow?: boolean;
  run?: string;
  json?: boolean;
}

/** What a coordinator appends: an event of a run, with the run's id and the time. */
interface StoredEvent {
  run: string;
  time: string;
  kind: string;
  [detail: string]: unknown;
}

export function eventsCommand(): Command {
  const command = new Command('events')
    .description('show what has happened in the runs of a store')
    .option('-f, --follow', 'go on with what happens, until Ctrl-C')
    .option('--run <id>', 'only events of that run')
    .option('--json', 'print each event as a JSON object on a line')
    .action(events);
  addStoreOptions(command);
  return addExamples(
    command,
    'mlip events --nats nats:4222',
    'mlip events -f --nats nats:4222 --run 20260314-150926-a1b2c3',
  );
}

async function events({ follow, run, json, ...where }: EventsOptions): Promise<void> {
  const { RUN_EVENTS } = await import('../../coordinator/leadership.js');
  const show = async (store: Store, signal: AbortSignal): Promise<void> => {
    const log = await store.events(RUN_EVENTS);
    for await (const { value } of log.read({ follow: follow ?? false, signal })) {
      const text = Buffer.from(value).toString();
      const event = JSON.parse(text) as StoredEvent;
      if (run === undefined || event.run === run) answer(json ? text : describe(event));
    }
  };
  await withStore(where, (store) => untilInterrupted(store, show), { create: false });
}

/** Before this, while the store is looked for, a signal ends the process as it does any other. */
async function untilInterrupted(
  store: Store,
  action: (store: Store, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const removeHandlers = onInterrupt({
    first: () => {
      stop.abort();
      // A server that is away is not waited for.
      void store.close();
    },
    again: () => process.exit(EXIT.interrupted),
  });
  try {
    await action(store, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    removeHandlers();
  }
}

/** `2026-03-14 15:09:26  20260314-150926-a1b2c3  joined  worker=0 host=10.0.0.6`. */
function describe({ run, time, kind, ...details }: StoredEvent): string {
  const clock = time.slice(0, 19).replace('T', ' ');
  return [clock, run, kind, ...Object.entries(flat(details)).map(([name, value]) => `${name}=${String(value)}`)].join(
    '  ',
  );
}

/** What an event holds, without a level of its own for the line of a step or for a failure. */
function flat(details: Record<string, unknown>): Record<string, unknown> {
  const { line, failure, ...others } = details as { line?: object; failure?: object };
  return { ...others, ...line, ...failure };
}
