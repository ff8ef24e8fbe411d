/**
 * How long the hash of a training state takes (src/worker/hash-state.ts).
 *
 *   node dist/bench/hash/main.js 86000000
 */
import type * as tf from '@tensorflow/tfjs-core';
import { loadEngine, type Engine } from '../../src/engine/load.js';
import { hashState } from '../../src/worker/hash-state.js';
import { describeMachine } from '../machine.js';

/** About as large as the weights of a layer. */
const TENSOR_ELEMENTS = 2 ** 20;
const REPEATS = 3;

function noise(engine: Engine, elements: number): tf.NamedTensorMap {
  const values = Float32Array.from({ length: TENSOR_ELEMENTS }, (_, i) => Math.sin(i));
  const count = Math.ceil(elements / TENSOR_ELEMENTS);
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`layer.${i}`, engine.upload(values, [TENSOR_ELEMENTS])]),
  );
}

const parameters = Number(process.argv[2] ?? 86_000_000);
const engine = await loadEngine({ device: 'cpu', threads: 1 });
const [first, second] = [noise(engine, parameters), noise(engine, parameters)];
const state = {
  parameters: noise(engine, parameters),
  first,
  second,
  statistics: {},
  queues: new Map(),
  step: 0,
  whole: true,
};
const { cpu, cores, loadBefore } = describeMachine();
process.stdout.write(`${cpu}, ${cores} cores, load ${loadBefore}; ${parameters} parameters with their moments\n`);
for (let repeat = 0; repeat < REPEATS; repeat++) {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const { whole } = await hashState(engine, state);
  const { user, system } = process.cpuUsage(before);
  const [wallMs, cpuMs] = [performance.now() - started, (user + system) / 1000];
  process.stdout.write(`${whole.slice(0, 8)}: ${wallMs.toFixed(0)} ms (CPU ${cpuMs.toFixed(0)} ms)\n`);
}
