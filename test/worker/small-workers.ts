// Workers of the small model in this process: each with a session, a listener, a loader and a state of its own, over real
// sockets; they share an engine, compiled functions and the data. A test plays the coordinator.
import { checkpointerOf } from '../../src/worker/run-worker.js';
import { quietRefusals, testAccess } from '../support/access.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '../../src/collectives/listener.js';
import type { Config } from '../../src/config/schema.js';
import { loadDataset, type Dataset } from '../../src/data/dataset.js';
import { synthesize } from '../../src/data/synth/corpus.js';
import type { Engine } from '../../src/engine/load.js';
import { Overdue } from '../../src/metrics/overdue.js';
import { createWorkerMetrics } from '../../src/metrics/worker-metrics.js';
import type { GatherTensor } from '../../src/rpc/tensor-stream.js';
import { concatenate } from '../../src/worker/concatenate.js';
import { leaveOn } from '../../src/worker/drain.js';
import { loadKnowledge, type RunKnowledge } from '../../src/worker/knowledge.js';
import { createPasses, type Passes } from '../../src/worker/passes.js';
import { serveGenerations } from '../../src/worker/generations.js';
import { fixedAddresses, joinRun } from '../../src/worker/session.js';
import { StepTimeline } from '../../src/worker/step-timeline.js';
import { Whereabouts } from '../../src/worker/whereabouts.js';
import type { WorkerParts } from '../../src/worker/worker-parts.js';
import { WorkerRun, type WorkerEnd } from '../../src/worker/worker-run.js';
import { silent } from '../collectives/rings.js';
import type { ScriptedCoordinator, ScriptedGather, ScriptedStream } from './scripted-coordinator.js';
import { engineWith, smallConfig } from './small-step.js';

/** What all workers of a test have in common. */
export interface Ground {
  config: Config;
  engine: Engine;
  dataset: Dataset;
  knowledge: RunKnowledge;
  passes: Passes;
  out: string;
  remove: () => void;
}

export async function smallGround(...settings: string[]): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-workers-'));
  const { manifest } = await synthesize({ pairs: 32, validPairs: 8, seed: 1, size: 48, out: join(folder, 'corpus') });
  const data = ['data.resize=32', 'data.vocabularySize=200', `data.manifest=${manifest}`, 'data.prefetchSteps=1'];
  const times = ['timeouts.heartbeatMs=200', 'timeouts.stepMs=20000', 'timeouts.reconnectMs=20000'];
  const config = smallConfig('microBatchSize=2', ...data, ...times, 'integrity.hashSteps=2', ...settings);
  const engine = await engineWith('executor');
  const dataset = await loadDataset(config, silent);
  const knowledge = await loadKnowledge(config, dataset);
  const passes = createPasses(engine, config);
  const remove = (): void => rmSync(folder, { recursive: true });
  return { config, engine, dataset, knowledge, passes, out: join(folder, 'out'), remove };
}

export interface SmallWorker {
  /** Its number. */
  worker: number;
  parts: WorkerParts;
  /** The coordinator's end of its control stream. */
  stream: ScriptedStream;
  end: Promise<WorkerEnd>;
  /** Aborting it lets the worker go. */
  leave: AbortController;
  /** The next halt has reached it. */
  untilHalt(): Promise<void>;
  close(): Promise<void>;
}

/** Joins, is welcomed and says that it is ready. */
async function smallWorker(
  { config, out, remove: _, ...ground }: Ground,
  script: ScriptedCoordinator,
  worker: number,
  changes: Partial<WorkerParts>,
): Promise<SmallWorker> {
  const listener = await listen({ host: '127.0.0.1', tls: null, refusals: quietRefusals() });
  const own = { host: '127.0.0.1', listenPort: listener.port, pid: worker, device: 'cpu' };
  const joining = joinRun({ find: fixedAddresses(script.address), ...own, access: testAccess, log: silent });
  const stream = await script.nextStream();
  await stream.hears('join');
  stream.welcomes({ worker, out, config: JSON.stringify(config), heartbeatMs: config.timeouts.heartbeatMs });
  const session = await joining;
  const halts: (() => void)[] = [];
  const metrics = { ...createWorkerMetrics(worker, 'r1'), halt: () => halts.splice(0).forEach((tell) => tell()) };
  session.observe(metrics);
  const parts: WorkerParts = {
    ...{ ...ground, session, listener, metrics, access: testAccess, log: silent, dataHash: 'd', world: 1 },
    ...{ overdue: new Overdue(), whereabouts: new Whereabouts(), timeline: new StepTimeline() },
    stepped: () => undefined,
    checkpointer: checkpointerOf(session, ground.engine, ground.dataset, silent, metrics),
    ...changes,
  };
  session.ready({ rows: ground.dataset.train.length, dataHash: 'd' });
  await stream.hears('ready');
  const run = new WorkerRun(session);
  run.canSave(parts);
  const leave = new AbortController();
  const stay = leaveOn(leave.signal, session, silent);
  const end = run.work(() => serveGenerations(parts)).finally(stay);
  end.catch(() => undefined);
  const untilHalt = (): Promise<void> => new Promise((resolve) => halts.push(resolve));
  const close = async (): Promise<void> => {
    session.abandon();
    await end.catch(() => undefined);
    parts.loader?.close();
    await listener.close();
  };
  return { worker, parts, stream, end, leave, untilHalt, close };
}

export interface Formation {
  generation: number;
  step: number;
  boundaries: number[];
  /** Where each rank gets the state from: a rank, `keep`, or `load` for the beginning. */
  sources: (number | 'keep' | 'load')[];
}

/** Plays the coordinator. */
export class Conductor {
  readonly script: ScriptedCoordinator;
  private readonly ground: Ground;
  private readonly workers: SmallWorker[] = [];
  /** Ranks of each generation, and what they have sent in for the gather under way. */
  private readonly worlds = new Map<number, number>();
  private gathers: ScriptedGather[] = [];

  constructor(ground: Ground, script: ScriptedCoordinator) {
    this.ground = ground;
    this.script = script;
    void this.answerGathers();
  }

  async worker(number: number, changes: Partial<WorkerParts> = {}): Promise<SmallWorker> {
    const joined = await smallWorker(this.ground, this.script, number, changes);
    this.workers.push(joined);
    return joined;
  }

  async close(): Promise<void> {
    for (const worker of this.workers) await worker.close();
    await this.script.kill();
  }

  /** So many ranks will meet in that generation. */
  expect(generation: number, world: number): void {
    this.worlds.set(generation, world);
  }

  /** Tells all their places, in order of rank. */
  form(workers: readonly SmallWorker[], { sources, ...shared }: Formation): void {
    const peers = workers.map(({ worker, parts }) => ({ worker, host: '127.0.0.1', port: parts.listener.port }));
    this.expect(shared.generation, workers.length);
    for (const [rank, { stream }] of workers.entries()) {
      const source = sources[rank];
      const from = typeof source === 'number' ? { copyFrom: source } : source === 'load' ? { load: {} } : {};
      stream.says({ assign: { ...shared, rank, peers, steps: 10, ...from } });
    }
  }

  /** Forms a generation and waits until all are in place. */
  async formed(workers: readonly SmallWorker[], formation: Formation): Promise<void> {
    this.form(workers, formation);
    await Promise.all(workers.map(({ stream }) => stream.hears('inPlace')));
  }

  /** What all ranks say of the step under way. */
  commits(workers: readonly SmallWorker[]) {
    return Promise.all(workers.map(({ stream }) => stream.hears('commit')));
  }

  direct(
    workers: readonly SmallWorker[],
    nextStep: number,
    order: { save?: boolean; stop?: boolean; boundaries?: number[] } = {},
  ): void {
    for (const { stream } of workers) stream.says({ directive: { nextStep, ...order } });
  }

  halt(workers: readonly SmallWorker[], generation: number): void {
    for (const { stream } of workers) stream.says({ halt: { generation } });
  }

  /** What the workers hold after a halt; -1 is nothing. A commit may come before. */
  async holdings(workers: readonly SmallWorker[]): Promise<number[]> {
    const halted = workers.map(({ stream }) => stream.hears('halted', ['commit', 'inPlace', 'failed']));
    return (await Promise.all(halted)).map(({ holding }) => holding?.step ?? -1);
  }

  /** All ranks of a generation get what all have sent, once all have. */
  private async answerGathers(): Promise<void> {
    for (;;) {
      const gather = await this.script.nextGather();
      const { generation } = gather.place;
      this.gathers = [...this.gathers.filter(({ place }) => place.generation === generation), gather];
      if (this.gathers.length < this.worlds.get(generation)!) continue;
      const whole = joinRows(this.gathers.splice(0).sort((a, b) => a.place.rank - b.place.rank));
      whole.forEach(({ gather: each, tensors }) => each.answers(tensors));
    }
  }
}

function joinRows(gathers: readonly ScriptedGather[]) {
  const tensors = gathers[0].tensors.map(({ name, width }, at): GatherTensor => {
    const data = concatenate(gathers.map((gather) => gather.tensors[at].data));
    return { name, rows: data.length / width, width, data };
  });
  return gathers.map((gather) => ({ gather, tensors }));
}
