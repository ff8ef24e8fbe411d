/**
 * Our side of the `step` benchmark: forward and backward pass of one encoder, compiled as training compiles it.
 *
 *   node dist/bench/step/ours.js vit DIR --threads 2 --warmup 2 --steps 5
 *
 * Reads DIR/weights.safetensors and DIR/batch.safetensors, writes DIR/ours.safetensors, prints one SideReport as JSON.
 */
import * as tf from '@tensorflow/tfjs-core';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSafetensors, writeSafetensors } from '../../src/safetensors/safetensors.js';
import { loadEngine, type Engine } from '../../src/engine/load.js';
import { encoderOf } from './encoders.js';
import { memoryMb } from './memory.js';
import { FILES, type EncoderName, type SideReport } from './side.js';

interface Step {
  outputs: tf.NamedTensorMap;
  gradients: tf.NamedTensorMap;
}

interface Settings {
  name: EncoderName;
  folder: string;
  warmUp: number;
  steps: number;
}

async function measure(engine: Engine, { name, folder, warmUp, steps }: Settings): Promise<SideReport> {
  const { encode, split, join: joined } = encoderOf(name);
  const parameters = await readTensors(engine, join(folder, FILES.weights));
  const { projection, ...inputs } = await readTensors(engine, join(folder, FILES.batch));
  // The loss is mean(outputs * projection), so this is its gradient with respect to the outputs.
  const outputGradients = tf.tidy(() => split(tf.div(projection, projection.size)));
  const encoder = engine.differentiable(`bench_${name}`, encode);
  const loadedMb = memoryMb('VmRSS');
  const { milliseconds, last } = await timeSteps(warmUp, steps, async () => {
    const { outputs, residuals } = await encoder(parameters, inputs);
    const gradients = await residuals.backward(outputGradients);
    residuals.dispose();
    return { outputs, gradients };
  });
  const peakMb = memoryMb('VmHWM');
  const outputs = joined(last.outputs);
  await writeTensor(join(folder, FILES.ours), outputs);
  return {
    milliseconds,
    peakMb,
    loadedMb,
    loss: await valueOf(tf.mean(tf.mul(outputs, projection))),
    gradientNorms: await norms(last.gradients),
    versions: { tensorflow: engine.tensorFlowVersion },
  };
}

/** Wall times of the measured steps. What a step returned is alive until the next one, as PyTorch keeps gradients. */
async function timeSteps(warmUp: number, steps: number, run: () => Promise<Step>) {
  const milliseconds: number[] = [];
  let last: Step | undefined;
  for (let count = 0; count < warmUp + steps; count++) {
    if (last !== undefined) tf.dispose([last.outputs, last.gradients]);
    const start = performance.now();
    last = await run();
    milliseconds.push(performance.now() - start);
  }
  return { milliseconds: milliseconds.slice(warmUp), last: last! };
}

async function readTensors(engine: Engine, path: string): Promise<tf.NamedTensorMap> {
  const tensors = Array.from(await readSafetensors(path), ([name, { shape, data }]) => [
    name,
    engine.upload(data, shape),
  ]);
  return Object.fromEntries(tensors) as tf.NamedTensorMap;
}

/** Each round writes the file anew. */
async function writeTensor(path: string, outputs: tf.Tensor): Promise<void> {
  await rm(path, { force: true });
  const data = (await outputs.data()) as Float32Array;
  await writeSafetensors(path, new Map([['outputs', { shape: outputs.shape, data }]]));
}

async function norms(tensors: tf.NamedTensorMap): Promise<Record<string, number>> {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, await valueOf(tf.norm(tensor))] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function valueOf(scalar: tf.Tensor): Promise<number> {
  return (await scalar.data())[0];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: 'string' }, warmup: { type: 'string' }, steps: { type: 'string' } },
});
const [name, folder] = positionals;
const engine = await loadEngine({ device: 'cpu', threads: Number(values.threads) });
const settings = { name: name as EncoderName, folder, warmUp: Number(values.warmup), steps: Number(values.steps) };
process.stdout.write(`${JSON.stringify(await measure(engine, settings))}\n`);
