/**
 * One rank of the measurement: node dist/bench/reduction/rank.js RANK TASK. It tells its port, is told all peers, then adds
 * up and reduces gradients of noise, and tells how long that took.
 */
import * as tf from '@tensorflow/tfjs-core';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { listen } from '../../src/collectives/listener.js';
import { openRing, type Peer } from '../../src/collectives/open-ring.js';
import { createLogger } from '../../src/core/log.js';
import { Refusals } from '../../src/security/refusals.js';
import { loadEngine } from '../../src/engine/load.js';
import { DoubleSum } from '../../src/worker/double-sum.js';
import { ReproducibleSum } from '../../src/worker/reproducible-sum.js';
import { median } from '../benchmark.js';
import { memoryMb } from '../step/memory.js';

export interface Task {
  reduction: 'double' | 'reproducible';
  world: number;
  /** Parameters of the model. */
  elements: number;
  /** Of each rank. */
  microBatches: number;
  steps: number;
}

export interface Times {
  wallMs: number;
  cpuMs: number;
}

export interface Figures {
  add: Times;
  reduce: Times;
  /** Most memory of the process, less that before the first step. */
  extraMb: number;
}

/** About as large as the weights of a layer. */
const TENSOR_ELEMENTS = 2 ** 20;
const WARM_UP_STEPS = 2;

const rank = Number(process.argv[2]);
const { reduction, world, elements, microBatches, steps } = JSON.parse(process.argv[3]) as Task;

const engine = await loadEngine({ device: 'cpu', threads: 1 });
const count = Math.ceil(elements / TENSOR_ELEMENTS);
const noise = Float32Array.from({ length: TENSOR_ELEMENTS }, (_, i) => Math.sin(i * (rank + 1)) / 1000);
const gradients = (): tf.NamedTensorMap =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`layer.${i}`, engine.upload(noise, [TENSOR_ELEMENTS])]));

const log = createLogger({ name: `rank ${rank}`, level: 'error' });
const listener = await listen({ host: '127.0.0.1', tls: null, refusals: new Refusals(log) });
process.send!({ port: listener.port });
const [peers] = (await once(process, 'message')) as [Peer[]];
const ring = await openRing({
  ...{ rank, world, generation: 1, peers, listener, token: 'bench', tls: null, timeoutMs: 60_000, log },
});

const like = gradients();
const sum =
  reduction === 'double' ? new DoubleSum(engine, like) : new ReproducibleSum(engine, like, world * microBatches);
tf.dispose(like);

/** Wall time and time of all cores, which other processes disturb less. */
async function timed(work: () => Promise<void>): Promise<Times> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - started, cpuMs: (user + system) / 1000 };
}

async function step(): Promise<{ add: Times; reduce: Times }> {
  const add: Times = { wallMs: 0, cpuMs: 0 };
  for (let index = 0; index < microBatches; index++) {
    const terms = gradients();
    const { wallMs, cpuMs } = await timed(async () => sum.add(terms, index));
    add.wallMs += wallMs;
    add.cpuMs += cpuMs;
    tf.dispose(terms);
    // A pass of the model lets the event loop turn, too.
    await nextTurn();
  }
  // All ranks begin at once, as after backward passes of the same length.
  await ring.allReduce(new Float32Array(world));
  let sums: tf.NamedTensorMap = {};
  const reduce = await timed(async () => void (sums = await sum.reduce(ring, Promise.resolve()).sums));
  tf.dispose(sums);
  sum.clear();
  return { add, reduce };
}

const before = memoryMb('VmRSS');
const taken: Awaited<ReturnType<typeof step>>[] = [];
for (let count = 0; count < WARM_UP_STEPS + steps; count++) taken.push(await step());
const medians = (phase: 'add' | 'reduce'): Times => {
  const times = taken.slice(WARM_UP_STEPS).map((of) => of[phase]);
  return { wallMs: median(times.map(({ wallMs }) => wallMs)), cpuMs: median(times.map(({ cpuMs }) => cpuMs)) };
};
const figures: Figures = { add: medians('add'), reduce: medians('reduce'), extraMb: memoryMb('VmHWM') - before };
process.send!({ figures });
await ring.close();
await listener.close();
process.disconnect();
