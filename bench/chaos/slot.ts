/** A place for a worker: its process, and the links over which it reaches the coordinators and others reach it. */
import { mlipCommand } from './command.js';
import { type Link, type LinkOptions, openLink } from './link.js';
import { takePort } from './ports.js';
import { Supervised } from './supervised.js';

export interface SlotOptions extends LinkOptions {
  readonly index: number;
  /** Folder of logs. */
  readonly logs: string;
  /** Ports of the coordinators. */
  readonly coordinators: readonly number[];
}

export class Slot {
  readonly index: number;
  /** Starts only where asked to; is started again from then on. */
  readonly process: Supervised;
  readonly toCoordinators: readonly Link[];
  readonly fromPeers: Link;
  /** Until then the run has to do without it, by performance.now(). */
  awayUntilMs = 0;

  private constructor({ index, logs }: SlotOptions, toCoordinators: readonly Link[], fromPeers: Link) {
    this.index = index;
    this.toCoordinators = toCoordinators;
    this.fromPeers = fromPeers;
    const launch = async () => mlipCommand(...(await this.args()));
    this.process = new Supervised({ name: `worker ${index}`, logs, launch, doneWith: 'never' });
  }

  static async open(options: SlotOptions): Promise<Slot> {
    const { coordinators, latencyMs } = options;
    const toCoordinators = await Promise.all(coordinators.map(() => openLink({ latencyMs })));
    for (const [at, port] of coordinators.entries()) toCoordinators[at].to = port;
    return new Slot(options, toCoordinators, await openLink({ latencyMs }));
  }

  get links(): readonly Link[] {
    return [...this.toCoordinators, this.fromPeers];
  }

  async close(): Promise<void> {
    await this.process.end();
    await Promise.all(this.links.map((link) => link.close()));
  }

  /** Listens on a port of its own at each start; the others are told that of the link. */
  private async args(): Promise<string[]> {
    const port = await takePort();
    this.fromPeers.to = port;
    const coordinators = this.toCoordinators.map(({ address }) => address).join(',');
    return ['worker', '--coordinator', coordinators, '--host', this.fromPeers.address, '--peer-port', String(port)];
  }
}
