/** A worker of the simulation: what it does now, which state it holds, and messages that are on their way. */
import type { CoordinatorEvent, Holding } from '../../src/coordinator/events.js';
import type { CoordinatorMessage } from '../../src/rpc/service.js';
import { PROTOCOL, mlipVersion } from '../../src/rpc/protocol.js';

export type Assign = NonNullable<CoordinatorMessage['assign']>;
type Stage =
  | 'joining'
  | 'loading'
  | 'idle'
  | 'assigned'
  | 'computing'
  | 'gathering'
  | 'reducing'
  | 'committed'
  | 'stopped'
  | 'done';

export class SimWorker {
  readonly port: number;
  id = -1;
  stage: Stage = 'joining';
  /** Steps applied; -1 without a state. */
  applied = -1;
  assign: Assign | null = null;
  boundaries: readonly number[] = [];
  generation = 0;
  step = 0;
  loaded = false;
  connected = false;
  connection = -1;
  /** The coordinator has taken up its connection. */
  accepted = false;
  /** What it held when its generation began, for those that copy it. */
  snapshot = -1;
  saveDue = false;
  readonly inbox: CoordinatorMessage[] = [];
  readonly outbox: SansTime[] = [];

  constructor(port: number) {
    this.port = port;
  }

  get holding(): Holding | null {
    return this.applied < 0 ? null : { step: this.applied, report: this.applied === 0 ? null : REPORT };
  }
}

export type SansTime = CoordinatorEvent extends infer E ? (E extends unknown ? Omit<E, 'nowMs'> : never) : never;

export const REPORT = { losses: { loss: 1 }, learningRate: 1, gradNorm: 1, account: null, skipped: null };
export const INFO = { protocol: PROTOCOL, version: mlipVersion, host: 'h', pid: 1, device: 'cpu' };
