/** `mlip events`: what has happened in a run, or in the runs of a store, and what happens. */
import { Command } from 'commander';
import type { Store } from '../../bus/store.js';
import { EXIT, MlipError } from '../../core/errors.js';
import { describeEvent, type KeptEvent } from '../events/text.js';
import { onInterrupt } from '../launch/interrupt.js';
import { addExamples } from '../options.js';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.js';
import { answer, answerJson } from '../terminal.js';

interface EventsOptions extends StoreOptions {
  follow?: boolean;
  run?: string;
  json?: boolean;
}

export function eventsCommand(): Command {
  const command = new Command('events')
    .description('show what has happened in a run, or in the runs of a store')
    .argument('[out]', 'output directory of the run')
    .option('-f, --follow', 'go on with what happens, until the run has ended or Ctrl-C')
    .option('--run <id>', 'only events of that run')
    .option('--json', 'print each event as a JSON object on a line')
    .action(events);
  addStoreOptions(command);
  return addExamples(
    command,
    'mlip events runs/first',
    'mlip events -f runs/first',
    'mlip events --nats nats:4222',
    'mlip events -f --json --store /shared/mlip --run 20260314-150926-a1b2c3',
  );
}

async function events(out: string | undefined, { follow = false, run, json, ...where }: EventsOptions): Promise<void> {
  const show = (event: KeptEvent): void => {
    if (run === undefined || event.run === run) (json ? answerJson : print)(event);
  };
  if (out === undefined) return eventsOfStore(where, follow, show);
  if (where.nats !== undefined || where.store !== undefined) {
    throw new MlipError('MLIP_E_USAGE', 'the events of a directory and of a store are not read together', {
      remedy: 'Name an output directory, or a store with --nats or --store.',
    });
  }
  const { readEvents } = await import('../events/read-file.js');
  await untilInterrupted(async (signal) => {
    for await (const event of readEvents(out, { follow, signal })) show(event);
  });
}

function print(event: KeptEvent): void {
  answer(describeEvent(event));
}

async function eventsOfStore(where: StoreOptions, follow: boolean, show: (event: KeptEvent) => void): Promise<void> {
  const { RUN_EVENTS } = await import('../../coordinator/leadership.js');
  const read = async (store: Store, signal: AbortSignal): Promise<void> => {
    const log = await store.events(RUN_EVENTS);
    for await (const { value } of log.read({ follow, signal })) {
      show(JSON.parse(Buffer.from(value).toString()) as KeptEvent);
    }
  };
  // A server that is away is not waited for.
  const close = (store: Store) => (): void => void store.close();
  await withStore(where, (store) => untilInterrupted((signal) => read(store, signal), close(store)), { create: false });
}

/** Before this, while the store is looked for, a signal ends the process as it does any other. */
async function untilInterrupted(
  action: (signal: AbortSignal) => Promise<void>,
  onStop: () => void = () => undefined,
): Promise<void> {
  const stop = new AbortController();
  const removeHandlers = onInterrupt({
    first: () => {
      stop.abort();
      onStop();
    },
    again: () => process.exit(EXIT.interrupted),
  });
  try {
    await action(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    removeHandlers();
  }
}
