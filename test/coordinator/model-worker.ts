/**
 * A worker that trains nothing but keeps to the protocol: joins, gathers rows that tell where they belong, commits, halts,
 * saves when it is told to, and looks for a coordinator that it has lost. Its state is a number of applied steps. It fails, and
 * says so, where it is told what a true worker could not do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import type { Access } from '../../src/security/access.js';
import { testAccess } from '../support/access.js';
import type { Config } from '../../src/config/schema.js';
import { openChannel } from '../../src/rpc/channel.js';
import { MlipError } from '../../src/core/errors.js';
import { untilAborted } from '../../src/core/linked-signal.js';
import { toFailure } from '../../src/rpc/failure.js';
import { gather } from '../../src/rpc/gather.js';
import { PROTOCOL, mlipVersion } from '../../src/rpc/protocol.js';
import { type CoordinatorMessageSeen, type WelcomeSeen, type WorkerMessage, methods } from '../../src/rpc/service.js';
import type { SessionClaim } from '../../src/rpc/tensor-stream.js';

type Stream = ClientDuplexStream<WorkerMessage, CoordinatorMessageSeen>;
type Assign = NonNullable<CoordinatorMessageSeen['assign']>;

/** Time for the reason to arrive why a gather broke: it comes on another connection. */
const REASON_MS = 2_000;

/** To answer a Join: a coordinator that is frozen accepts a connection and says nothing on it. */
const WELCOME_MS = 3_000;

export const WIDTH = 300;
export const LOADED = { rows: 60, dataHash: 'd' };

export interface ModelOptions {
  /** Of coordinators, of which one commands. */
  addresses: readonly string[];
  access?: Access;
  /** Keeps trying for so long before it has joined; 0 tries once. */
  connectMs?: number;
  /** Time that a step takes. */
  stepMs?: number;
  /** Told of each thing that happens. */
  onEvent?: (event: Record<string, unknown>) => void;
  dataHash?: string;
  version?: string;
  /** False ends with the coordinator's stream. */
  reconnects?: boolean;
}

export class ModelWorker {
  /** Resolves with the coordinator's last word, or with what ended the stream. */
  readonly ended: Promise<{ finish: { again: boolean } } | { error: Error }>;
  number = -1;
  applied = -1;
  generation = 0;
  world = 0;
  private readonly options: ModelOptions;
  private client!: Client;
  private bulk!: Client;
  private tries = 0;
  private readonly startedMs = Date.now();
  private stream!: Stream;
  private welcome: WelcomeSeen | undefined;
  private config!: Config;
  private assign: Assign | undefined;
  private boundaries: readonly number[] = [];
  /** Of the generation; aborted by a halt. */
  private halt = new AbortController();
  private heart: NodeJS.Timeout | undefined;
  /** When the coordinator was heard last. */
  private heardMs = 0;
  private closing = false;
  private end!: (how: { finish: { again: boolean } } | { error: Error }) => void;

  constructor(options: ModelOptions) {
    this.options = options;
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.connect();
  }

  /** Dies as a process would. */
  kill(): void {
    this.closing = true;
    this.stop({ error: new Error('killed') });
    this.stream.cancel();
  }

  leave(): void {
    this.send({ leave: {} });
  }

  /** Sends whatever a test makes up. */
  send(message: WorkerMessage): void {
    this.stream.write(message);
  }

  /** What it shows with a gather. */
  get session(): SessionClaim {
    const { worker, secret } = this.welcome!;
    return { worker, secret };
  }

  private get address(): string {
    const { addresses } = this.options;
    return addresses[(this.tries - 1) % addresses.length];
  }

  private connect(): void {
    this.tries++;
    this.closeChannels();
    this.client = openChannel(this.address, 'control', this.options.access ?? testAccess);
    this.bulk = openChannel(this.address, 'bulk', this.options.access ?? testAccess);
    const { path, requestSerialize, responseDeserialize } = methods.session;
    const stream = this.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), {});
    this.stream = stream;
    let open = true;
    const silence = setTimeout(() => stream.destroy(new Error('no welcome')), WELCOME_MS);
    const close = (error: Error): void => {
      clearTimeout(silence);
      if (open) void this.lost(error);
      open = false;
    };
    stream.on('data', (message: CoordinatorMessageSeen) => {
      clearTimeout(silence);
      this.heardMs = Date.now();
      if (open) this.hear(message);
    });
    stream.on('error', close);
    stream.on('end', () => close(new Error('ended')));
    const { version = mlipVersion } = this.options;
    const own = { host: '127.0.0.1', port: 9000, pid: process.pid, device: 'cpu' };
    this.send({ join: { protocol: PROTOCOL, version, ...own, ...(this.welcome && { rejoin: this.rejoin() }) } });
  }

  private rejoin() {
    const { runId } = this.welcome!;
    const ready = { ...LOADED, dataHash: this.options.dataHash ?? LOADED.dataHash };
    return { runId, worker: this.number, generation: this.generation, ready, ...this.holding() };
  }

  private holding() {
    return this.applied < 0 ? {} : { holding: { step: this.applied, report: this.report(this.applied - 1) } };
  }

  private async lost(error: Error): Promise<void> {
    clearInterval(this.heart);
    this.halt.abort();
    if (this.closing) return;
    const { reconnects, connectMs = 0 } = this.options;
    const early = this.welcome === undefined && Date.now() - this.startedMs > connectMs;
    if (reconnects === false || early) return this.stop({ error });
    this.tell({ lost: true });
    await sleep(50);
    if (!this.closing) this.connect();
  }

  private stop(how: { finish: { again: boolean } } | { error: Error }): void {
    this.closing = true;
    clearInterval(this.heart);
    this.halt.abort();
    this.end(how);
    this.stream.end();
    // A moment for what was sent last.
    setTimeout(() => this.closeChannels(), 100).unref();
  }

  private closeChannels(): void {
    for (const channel of [this.client, this.bulk] as (Client | undefined)[]) channel?.close();
  }

  private tell(event: Record<string, unknown>): void {
    this.options.onEvent?.(event);
  }

  private hear({ welcome, assign, directive, halt, abort, finish, drain }: CoordinatorMessageSeen): void {
    if (welcome) this.begin(welcome);
    if (assign) void this.takePlace(assign);
    if (directive) this.follow(directive);
    if (halt) this.obeyHalt(halt.generation);
    if (drain) this.leave();
    if (abort) this.tell({ aborted: abort.cause?.code, save: abort.save });
    if (abort?.save) this.save();
    if (finish) this.stop({ finish: { again: finish.again } });
  }

  private begin(welcome: WelcomeSeen): void {
    const again = this.welcome !== undefined;
    this.welcome = welcome;
    this.number = welcome.worker;
    this.config = JSON.parse(welcome.config) as Config;
    const { stream } = this;
    this.heart = setInterval(() => {
      this.send({ heartbeat: {} });
      if (Date.now() - this.heardMs > 4 * welcome.heartbeatMs) stream.destroy(new Error('the coordinator is silent'));
    }, welcome.heartbeatMs);
    this.tell({ worker: this.number });
    if (!again) this.send({ ready: { ...LOADED, dataHash: this.options.dataHash ?? LOADED.dataHash } });
  }

  private async takePlace(assign: Assign): Promise<void> {
    if (assign.generation < this.generation) return;
    const impossible = impossibleSource(assign, this.applied);
    if (impossible !== undefined) return this.fail(impossible);
    this.halt = new AbortController();
    Object.assign(this, { assign, boundaries: assign.boundaries, generation: assign.generation });
    this.world = assign.peers.length;
    this.applied = assign.step;
    this.tell({ generation: this.generation, rank: assign.rank, world: this.world, step: assign.step });
    this.send({ inPlace: { generation: this.generation } });
    await this.work(assign.step, this.halt.signal);
  }

  private async work(step: number, signal: AbortSignal): Promise<void> {
    const { generation } = this;
    try {
      const whole = this.world > 1 ? await this.gather(step, signal) : undefined;
      await sleep(this.options.stepMs ?? 0, undefined, { signal });
      this.applied = step + 1;
      this.tell({ applied: this.applied, whole });
      this.send({ commit: { step, generation, report: this.report(step), phaseSeconds: { backward: 0.01 } } });
    } catch (error) {
      if (await untilAborted(signal, REASON_MS)) return;
      this.tell({ failed: error });
      this.sendFailure(error, true);
    }
  }

  /** It was told what cannot be: whoever watches this worker or the run is to see that. */
  private fail(why: string): void {
    const error = new MlipError('MLIP_E_RUN_MISMATCH', why);
    this.tell({ failed: error });
    this.sendFailure(error, false);
    this.stop({ error });
  }

  private sendFailure(error: unknown, secondary: boolean): void {
    const { applied, generation } = this;
    const state = { step: Math.max(0, applied), stateIntact: applied >= 0 };
    this.send({ failed: { failure: toFailure(error), secondary, generation, ...state } });
  }

  /** Row r, column c of the global batch holds r * 1000 + c + step / 8. */
  private gather(step: number, signal: AbortSignal): Promise<Map<string, Float32Array>> {
    const { rank } = this.assign!;
    const { microBatchSize, batchSize } = this.config;
    const [first, last] = [this.boundaries[rank], this.boundaries[rank + 1]].map((index) => index * microBatchSize);
    const data = rowsOf(first, last, step);
    return gather({
      ...{ client: this.bulk, address: this.address, batchSize, timeoutMs: 20_000, signal },
      place: { rank, generation: this.generation, step },
      session: this.session,
      tensors: [{ name: 'vision', rows: last - first, width: WIDTH, data }],
    });
  }

  private report(step: number) {
    const { batchSize, microBatchSize } = this.config;
    const rows = Array.from({ length: batchSize }, (_, index) => (step * batchSize + index) % LOADED.rows);
    const ranks = Array.from({ length: batchSize / microBatchSize }, () => 0);
    const loss = 1 / (step + 1);
    return { losses: { loss, loss_global: loss }, learningRate: 0.001, gradNorm: 1, rows, ranks };
  }

  private follow({ nextStep, save, stop, boundaries }: NonNullable<CoordinatorMessageSeen['directive']>): void {
    if (nextStep !== this.applied) return this.fail(`told to go on after step ${nextStep}, not ${this.applied}`);
    if (boundaries.length > 0) this.boundaries = boundaries;
    if (save) this.save();
    if (!stop) void this.work(nextStep, this.halt.signal);
  }

  private save(): void {
    if (this.applied < 0) return this.fail('told to save, but holds nothing');
    this.tell({ saved: this.applied });
    this.send({ saved: { step: this.applied, path: `checkpoints/step-${this.applied}` } });
  }

  private obeyHalt(generation: number): void {
    this.halt.abort();
    this.generation = generation;
    this.send({ halted: { generation, ...this.holding() } } satisfies WorkerMessage);
  }
}

/** Why the state with which a generation begins cannot come from where it is said to; undefined where it can. */
function impossibleSource({ step, rank, peers, load, copyFrom }: Assign, applied: number): string | undefined {
  // Null where it was not sent: rank 0 is a source like any other.
  const from = copyFrom as number | null;
  if (load !== null) {
    const loaded = load.checkpoint === '' ? 0 : Number(/step-(\d+)$/.exec(load.checkpoint)?.[1]);
    return loaded === step ? undefined : `told to load "${load.checkpoint}" for the state after step ${step}`;
  }
  if (from !== null) return from !== rank && from < peers.length ? undefined : `told to copy from rank ${from}`;
  return applied === step ? undefined : `told to keep the state after step ${step}, but holds that after ${applied}`;
}

export function rowsOf(first: number, last: number, step: number): Float32Array {
  return Float32Array.from({ length: (last - first) * WIDTH }, (_, i) => {
    return (first + Math.floor(i / WIDTH)) * 1000 + (i % WIDTH) + step / 8;
  });
}
