/** All processes of a run and the network between them: coordinators, workers, nats-server. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { mlipCommand } from './command.js';
import type { StoreKind } from './kinds.js';
import { type Link, openLink } from './link.js';
import { natsProcess } from './nats-process.js';
import { takePort } from './ports.js';
import { MAX_WORKERS, type Trial, WORKERS } from './settings.js';
import { Slot } from './slot.js';
import { Supervised } from './supervised.js';

export interface ClusterOptions {
  readonly trial: Trial;
  /** Output directory, and what belongs to the run. */
  readonly out: string;
  readonly store: StoreKind;
  /** Of each direction of each connection, so that a step takes its time and can be hit in each of its phases. */
  readonly latencyMs: number;
  /** The programme of nats-server; needed where the store is that. */
  readonly natsServer?: string | undefined;
}

const REJOIN_TIMEOUT_S = 120;
const FAREWELL_MS = 10_000;

export class Cluster {
  readonly options: ClusterOptions;
  readonly coordinators: readonly Supervised[];
  readonly slots: readonly Slot[];
  readonly nats: Supervised | undefined;
  /** Between the coordinators and nats-server. */
  readonly toNats: Link | undefined;

  private constructor(options: ClusterOptions, ports: readonly number[], slots: readonly Slot[], nats?: NatsParts) {
    this.options = options;
    this.slots = slots;
    this.nats = nats?.process;
    this.toNats = nats?.link;
    this.coordinators = ports.map((port, index) => {
      const launch = mlipCommand(...coordinatorArgs(options, port, this.toNats));
      return new Supervised({
        name: `coordinator ${index}`,
        logs: logFolder(options.out),
        launch: () => launch,
        doneWith: 0,
      });
    });
  }

  /** Nothing runs yet. */
  static async prepare(options: ClusterOptions): Promise<Cluster> {
    mkdirSync(options.out, { recursive: true });
    const ports = [await takePort(), ...(options.store === 'alone' ? [] : [await takePort()])];
    const { latencyMs, out } = options;
    const slots: Slot[] = [];
    for (let index = 0; index < MAX_WORKERS; index++) {
      slots.push(await Slot.open({ index, logs: logFolder(out), coordinators: ports, latencyMs }));
    }
    return new Cluster(options, ports, slots, options.store === 'nats' ? await prepareNats(options) : undefined);
  }

  async start(): Promise<void> {
    await this.nats?.start();
    await Promise.all(this.coordinators.map((coordinator) => coordinator.start()));
    await Promise.all(this.slots.slice(0, WORKERS).map(({ process }) => process.start()));
  }

  get processes(): readonly Supervised[] {
    return [...this.coordinators, ...this.slots.map(({ process }) => process), ...(this.nats ? [this.nats] : [])];
  }

  /** A coordinator has seen the run to its end. */
  get over(): boolean {
    return this.coordinators.some(({ done }) => done);
  }

  /** After the end of the run: waits for those who took part in it; who had to be killed shows in `ends`. */
  async endByItself(): Promise<void> {
    const own = [...this.coordinators, ...this.slots.map(({ process }) => process)];
    await Promise.all(own.map((process) => process.endByItself(FAREWELL_MS)));
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.end()));
    await Promise.all([...this.slots.map((slot) => slot.close()), this.toNats?.close()]);
  }
}

interface NatsParts {
  process: Supervised;
  link: Link;
}

async function prepareNats({ natsServer, out }: ClusterOptions): Promise<NatsParts> {
  if (natsServer === undefined) throw new Error('there is no nats-server');
  const [link, port] = [await openLink(), await takePort()];
  link.to = port;
  return {
    link,
    process: natsProcess({ server: natsServer, port, directory: join(out, 'nats'), logs: logFolder(out) }),
  };
}

/** The same at each start. */
function coordinatorArgs({ trial, out, store }: ClusterOptions, port: number, toNats: Link | undefined): string[] {
  const stores: Record<StoreKind, string[]> = {
    alone: [],
    directory: ['--store', join(out, 'store'), '--run', 'chaos'],
    nats: ['--nats', toNats?.address ?? '', '--run', 'chaos'],
  };
  return [
    ...['coordinator', trial.config, '--data', trial.manifest, '--out', runFolder(out), '--host', '127.0.0.1'],
    ...['--port', String(port), '--workers', String(WORKERS), '--min-workers', '1'],
    ...['--rejoin-timeout', String(REJOIN_TIMEOUT_S), ...stores[store]],
  ];
}

/** Output directory of the run itself. */
export function runFolder(out: string): string {
  return join(out, 'run');
}

function logFolder(out: string): string {
  return join(out, 'logs');
}
