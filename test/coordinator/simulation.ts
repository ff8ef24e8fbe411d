/**
 * A whole run without a network or a clock: the coordinator's state machine, and workers that keep to the protocol. Who acts
 * next, which message arrives, and who is killed is drawn by the caller; messages of one stream stay in order. Each worker's
 * state is the number of steps applied to it; what must never happen throws.
 */
import type { Effect, RunOrder } from '../../src/coordinator/events.js';
import type { RunRecord } from '../../src/coordinator/run-record.js';
import { initialState } from '../../src/coordinator/initial-state.js';
import type { RunSettings, RunState } from '../../src/coordinator/state.js';
import { step as transition } from '../../src/coordinator/step.js';
import type { CoordinatorMessage } from '../../src/rpc/service.js';
import { type Assign, INFO, REPORT, type SansTime, SimWorker } from './sim-worker.js';

export const MICRO_BATCHES = 6;
export const STEPS = 8;

export const settings: RunSettings = {
  ...{ runId: 'r', out: '/out', workers: 3, configJson: '{}', configHash: 'c', epochs: 1, steps: STEPS },
  ...{
    batchSize: 2 * MICRO_BATCHES,
    microBatchSize: 2,
    saveEverySteps: 4,
    resume: null,
    maxSkippedSteps: 2,
    submission: '',
  },
  elastic: {
    ...{ minWorkers: 1, maxWorkers: 4, rejoinMs: 2_000_000, rebalanceSteps: 2, stragglerFactor: 2, stragglerMs: 0 },
  },
  timeouts: { joinMs: 1_000_000, heartbeatMs: 1_000, stepMs: 30_000, dataMs: 5_000 },
};

export class Simulation {
  nowMs = 0;
  state: RunState = initialState(settings, 0);
  readonly workers = new Set<SimWorker>();
  /** Steps in metrics.jsonl. */
  recorded: number[] = [];
  readonly checkpoints = new Set<number>();
  outcome: (Effect & { kind: 'end' })['outcome'] | null = null;
  private record: RunRecord | null = null;
  /** Reductions in which every rank has taken part: generation and step. */
  private readonly reduced = new Set<string>();
  private connections = new Map<number, SimWorker>();
  private nextConnection = 0;
  private nextPort = 1;

  spawn(): void {
    const worker = new SimWorker(this.nextPort++);
    this.workers.add(worker);
    this.connect(worker);
  }

  private connect(worker: SimWorker): void {
    worker.connected = true;
    const connection = (worker.connection = this.nextConnection++);
    this.connections.set(connection, worker);
    const rejoin = worker.id < 0 ? null : rejoinOf(worker);
    worker.outbox.push({ kind: 'join', connection, info: { ...INFO, port: worker.port }, rejoin });
  }

  kill(worker: SimWorker): void {
    this.workers.delete(worker);
    this.disconnect(worker);
  }

  /** Its connection breaks, and it looks for the coordinator again. */
  cut(worker: SimWorker): void {
    this.disconnect(worker);
    this.abandon(worker);
  }

  private abandon(worker: SimWorker): void {
    worker.connected = worker.accepted = false;
    worker.inbox.length = worker.outbox.length = 0;
    if (worker.id < 0 || !worker.loaded) this.workers.delete(worker);
    else if (worker.stage !== 'done') worker.stage = 'idle';
  }

  private disconnect(worker: SimWorker): void {
    const { accepted, id } = worker;
    worker.connected = worker.accepted = false;
    if (accepted) this.feed({ kind: 'closed', worker: id, connection: worker.connection });
  }

  leave(worker: SimWorker): void {
    if (worker.accepted) worker.outbox.push({ kind: 'leave', worker: worker.id });
  }

  get generation(): number {
    return this.state.generation.number;
  }

  /** Somebody gives an order. */
  order(order: RunOrder): void {
    this.feed({ kind: 'order', request: 0, order });
  }

  /** The coordinator is killed and starts again with what was durable. */
  restart(): void {
    for (const worker of this.workers) this.abandon(worker);
    const known = this.record === null ? null : { ...this.record, step: this.recorded.at(-1) ?? 0 };
    if (this.outcome === null) this.state = initialState(settings, this.nowMs, known);
  }

  /** Time passes; all live workers send heartbeats. */
  pass(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs < end;) {
      this.nowMs += 250;
      for (const { id, accepted } of this.workers) if (accepted) this.feed({ kind: 'heartbeat', worker: id });
      this.feed({ kind: 'tick' });
    }
  }

  /** Workers that can do something by themselves, or have a message to send or to read. */
  busy(): SimWorker[] {
    return [...this.workers].filter((w) => w.inbox.length > 0 || w.outbox.length > 0 || this.canAct(w));
  }

  /** Lets a worker do one thing; `draw` chooses which. @param crashAfter effects after which the coordinator is killed */
  act(worker: SimWorker, draw: number, crashAfter = Infinity): void {
    const actions: (() => void)[] = [];
    if (worker.outbox.length > 0) actions.push(() => this.feed(worker.outbox.shift()!, crashAfter));
    if (worker.inbox.length > 0) actions.push(() => this.hear(worker, worker.inbox.shift()!));
    if (this.canAct(worker)) actions.push(() => this.work(worker));
    if (actions.length > 0) actions[draw % actions.length]();
  }

  private canAct(worker: SimWorker): boolean {
    const { stage } = worker;
    if (!worker.connected) return worker.id >= 0 && stage !== 'done';
    if (worker.saveDue) return true;
    if (stage === 'assigned') return this.sourceOf(worker) !== null;
    if (stage === 'reducing') return this.isReduced(worker) || this.isRingBroken(worker);
    return stage === 'loading' || stage === 'computing';
  }

  private work(worker: SimWorker): void {
    if (!worker.connected) return this.connect(worker);
    if (worker.saveDue) return this.save(worker);
    switch (worker.stage) {
      case 'loading':
        worker.loaded = true;
        worker.stage = 'idle';
        return void worker.outbox.push({ kind: 'loaded', worker: worker.id, rows: 1_000, dataHash: 'd' });
      case 'assigned':
        return this.takePlace(worker, this.sourceOf(worker)!);
      case 'computing':
        return this.contribute(worker);
      case 'reducing':
        return this.isReduced(worker) ? this.apply(worker) : this.reportBrokenRing(worker);
      default:
        return;
    }
  }

  private save(worker: SimWorker): void {
    worker.saveDue = false;
    this.checkpoints.add(worker.applied);
    worker.outbox.push({ kind: 'saved', worker: worker.id, step: worker.applied, path: `step-${worker.applied}` });
  }

  /** The applied steps of the state that the worker gets; null while it cannot be had. */
  private sourceOf({ assign, applied }: SimWorker): number | null {
    if (assign!.load) return assign!.load.checkpoint ? Number(assign!.load.checkpoint.slice(5)) : 0;
    if (assign!.copyFrom === undefined || assign!.copyFrom === null) return applied;
    const peer = this.peer(assign!, assign!.copyFrom);
    return peer === undefined || peer.snapshot < 0 ? null : peer.snapshot;
  }

  private peer({ peers, generation }: Assign, rank: number): SimWorker | undefined {
    const id = peers![rank].worker;
    return [...this.workers].find(
      (w) => w.id === id && w.generation === generation && w.assign?.generation === generation,
    );
  }

  private takePlace(worker: SimWorker, source: number): void {
    const { assign } = worker;
    if (source !== assign!.step)
      throw new Error(`the state of ${source} steps is no beginning for step ${assign!.step}`);
    worker.applied = worker.snapshot = source;
    worker.step = source;
    worker.stage = 'computing';
    worker.outbox.push({ kind: 'inPlace', worker: worker.id, generation: worker.generation });
  }

  private contribute(worker: SimWorker): void {
    const { generation, step, assign, boundaries } = worker;
    const rank = assign!.rank!;
    if (assign!.peers!.length === 1) return void (worker.stage = 'reducing');
    worker.stage = 'gathering';
    const rows = 2 * (boundaries[rank + 1] - boundaries[rank]);
    const tensors = [{ name: 'x', rows, rowBytes: 4 }];
    worker.outbox.push({ kind: 'contribution', rank, generation, step, tensors });
  }

  private ringOf(worker: SimWorker): (SimWorker | undefined)[] {
    return worker.assign!.peers!.map((_, rank) => this.peer(worker.assign!, rank));
  }

  private isReduced(worker: SimWorker): boolean {
    const key = `${worker.generation}/${worker.step}`;
    const all = this.ringOf(worker).every((w) => w !== undefined && w.stage === 'reducing' && w.step === worker.step);
    if (all) this.reduced.add(key);
    return this.reduced.has(key);
  }

  private isRingBroken(worker: SimWorker): boolean {
    return this.ringOf(worker).some((peer) => peer === undefined || peer.stage === 'idle');
  }

  private reportBrokenRing(worker: SimWorker): void {
    worker.stage = 'committed';
    const failure = { code: 'MLIP_E_PEER_LOST', message: 'lost', where: '', remedy: '' };
    const { id, generation } = worker;
    worker.outbox.push({
      ...{ kind: 'failed', worker: id, failure, generation, secondary: true, stateIntact: true, blamed: null },
    });
  }

  private apply(worker: SimWorker): void {
    if (worker.applied !== worker.step) throw new Error(`step ${worker.step} on a state of ${worker.applied} steps`);
    worker.applied++;
    worker.stage = 'committed';
    const report = { ...REPORT, phaseSeconds: { backward: worker.id + 1 }, stateHash: '' };
    const { id, generation, step } = worker;
    worker.outbox.push({ kind: 'commit', worker: id, generation, step, report });
  }

  private hear(worker: SimWorker, message: CoordinatorMessage): void {
    const { welcome, assign, directive, halt, abort, finish, drain } = message;
    if (welcome) worker.id = welcome.worker!;
    if (welcome && !worker.loaded) worker.stage = 'loading';
    if (assign) this.takeUp(worker, assign);
    if (directive) this.follow(worker, directive);
    if (halt && halt.generation! > worker.generation) this.halt(worker, halt.generation!);
    if (drain) this.leave(worker);
    if (abort) worker.stage = 'done';
    if (abort?.save) worker.saveDue = true;
    if (finish) this.kill(worker);
  }

  private takeUp(worker: SimWorker, assign: Assign): void {
    const bounds = assign.boundaries!;
    const covers =
      bounds[0] === 0 && bounds.at(-1) === MICRO_BATCHES && bounds.every((b, i) => i === 0 || b >= bounds[i - 1]);
    if (!covers) throw new Error(`micro-batches ${bounds.join()} are not those of a step`);
    Object.assign(worker, {
      assign,
      boundaries: bounds,
      generation: assign.generation,
      stage: 'assigned',
      snapshot: -1,
    });
  }

  private follow(
    worker: SimWorker,
    { nextStep, save, stop, boundaries }: NonNullable<CoordinatorMessage['directive']>,
  ): void {
    if (save && worker.applied !== nextStep) throw new Error(`asked to save ${nextStep}, holds ${worker.applied}`);
    if (save) worker.saveDue = true;
    if (boundaries!.length > 0) worker.boundaries = boundaries!;
    worker.step = nextStep!;
    worker.stage = stop ? 'stopped' : 'computing';
  }

  private halt(worker: SimWorker, generation: number): void {
    Object.assign(worker, { generation, assign: null, stage: 'idle' });
    worker.outbox.push({ kind: 'halted', worker: worker.id, generation, holding: worker.holding });
  }

  private feed(event: SansTime, crashAfter = Infinity): void {
    const next = transition(this.state, { ...event, nowMs: this.nowMs });
    this.state = next.state;
    next.effects.slice(0, crashAfter).forEach((effect) => this.carryOut(effect));
    if (next.effects.length > crashAfter) this.restart();
  }

  private carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'accept':
        return void Object.assign(this.connections.get(effect.connection)!, { id: effect.worker, accepted: true });
      case 'refuse':
        return void this.workers.delete(this.connections.get(effect.connection)!);
      case 'send':
        return this.deliver(effect.worker, effect.message);
      case 'drop':
        return this.workers.forEach((w) => w.id === effect.worker && this.abandon(w));
      case 'persist':
        return this.persist(effect.record);
      case 'release':
        return this.release();
      case 'record':
        return this.note(effect.line.step);
      case 'recordSaved':
        return this.note(effect.checkpoint.step);
      case 'rewind':
        return void (this.recorded = this.recorded.filter((step) => step <= effect.step));
      case 'findCheckpoint': {
        const newest = Math.max(0, ...this.checkpoints);
        const checkpoint = newest === 0 ? null : { step: newest, path: `step-${newest}`, recorded: false };
        return this.feed({ kind: 'checkpointFound', checkpoint });
      }
      case 'end':
        if (this.outcome !== null) throw new Error('the run ends twice');
        this.outcome = effect.outcome;
    }
  }

  private deliver(id: number, message: CoordinatorMessage): void {
    if (this.state.paused && beginsStep(message)) throw new Error('a step begins during a pause');
    for (const worker of this.workers) if (worker.accepted && worker.id === id) worker.inbox.push(message);
  }

  private persist(record: RunRecord): void {
    if (this.record !== null && record.generation < this.record.generation) throw new Error('a generation goes back');
    this.record = record;
  }

  private release(): void {
    const { number } = this.state.generation;
    for (const w of this.workers) if (w.generation === number && w.stage === 'gathering') w.stage = 'reducing';
  }

  private note(step: number): void {
    if (step !== (this.recorded.at(-1) ?? 0) + 1)
      throw new Error(`step ${step} is recorded after ${this.recorded.at(-1)}`);
    this.recorded.push(step);
  }
}

function beginsStep({ assign, directive }: CoordinatorMessage): boolean {
  return Boolean(assign) || directive?.stop === false;
}

function rejoinOf({ id, generation, holding }: SimWorker) {
  return { runId: 'r', worker: id, generation, loaded: { rows: 1_000, dataHash: 'd' }, holding };
}
