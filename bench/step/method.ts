/**
 * Our side of the `step` benchmark for the whole method: a training step as the worker takes it, of one micro-batch.
 *
 *   node dist/bench/step/method.js prepare DIR      writes DIR/draws.safetensors
 *   node dist/bench/step/method.js measure DIR --threads 2 --warmup 2 --steps 5 --parts encoders,contrast
 *
 * `measure` reads DIR/weights.safetensors and DIR/batch.safetensors and prints one MethodReport as JSON.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadEngine, type Engine } from '../../src/engine/load.js';
import { writeSafetensors } from '../../src/safetensors/safetensors.js';
import { uploadMicroBatch } from '../../src/worker/micro-batch-tensors.js';
import type { Passes } from '../../src/worker/passes.js';
import type { StepParts } from '../../src/worker/step-parts.js';
import { trainStep } from '../../src/worker/train-step.js';
import { encodersAlone } from './encoders-alone.js';
import { methodConfig } from './method-config.js';
import { readMethodInputs, START_STEP, type MethodInputs } from './method-inputs.js';
import { memoryMb } from './memory.js';
import { PARTS, type Part } from './shares.js';
import { FILES, type MethodReport } from './side.js';

interface Settings {
  folder: string;
  warmUp: number;
  steps: number;
  parts: readonly Part[];
}

/** The random numbers of the first step: the other side has no generator that gives the same. */
async function prepare(engine: Engine, folder: string): Promise<void> {
  const config = methodConfig(PARTS);
  const { parts, batches } = await readMethodInputs(engine, config, folder);
  const { given } = uploadMicroBatch(config, START_STEP, batches.microBatches[0], parts.knowledge);
  const draws = { image_draws: given['imageDraws'], text_draws: given['textDraws'], swapped: given['swapped'] };
  const entries = Object.entries(draws).map(([name, tensor]) => {
    return [name, { shape: tensor.shape, data: engine.read(tensor) }] as const;
  });
  await writeSafetensors(join(folder, FILES.draws), new Map(entries));
}

async function measure(engine: Engine, { folder, warmUp, steps, parts: names }: Settings): Promise<MethodReport> {
  const inputs = await readMethodInputs(engine, methodConfig(names), folder);
  const take = names.length === 1 ? encodersAlone : wholeStep;
  const loadedMb = memoryMb('VmRSS');
  const gradientNorms: Record<string, number> = {};
  const passes = recordingNorms(engine, inputs.parts.passes, gradientNorms);
  const first = await take({ ...inputs, parts: { ...inputs.parts, passes } }, 0);
  const { milliseconds, passMilliseconds } = await timeSteps(warmUp, steps, inputs, take);
  return {
    milliseconds,
    passMilliseconds,
    peakMb: memoryMb('VmHWM'),
    loadedMb,
    ...first,
    gradientNorms,
    versions: { tensorflow: engine.tensorFlowVersion },
  };
}

/** Runs the step `count` steps after the first. */
type Take = (inputs: MethodInputs, count: number) => Promise<{ loss: number; losses: Record<string, number> }>;

const wholeStep: Take = async ({ parts, state, batches }, count) => {
  const { whole } = await trainStep(parts, state, { ...batches, step: START_STEP + count });
  const { loss, ...losses } = whole;
  return { loss, losses };
};

async function timeSteps(warmUp: number, steps: number, inputs: MethodInputs, take: Take) {
  const { clock } = inputs.parts;
  const times: { whole: number; passes: number }[] = [];
  for (let count = 1; count <= warmUp + steps; count++) {
    clock.take();
    const start = performance.now();
    await take(inputs, count);
    const whole = performance.now() - start;
    times.push({ whole, passes: whole - 1000 * clock.take().update });
  }
  const measured = times.slice(warmUp);
  return {
    milliseconds: measured.map(({ whole }) => whole),
    passMilliseconds: measured.map(({ passes }) => passes),
  };
}

/** Passes whose norm of all gradients also notes each of them. */
function recordingNorms(engine: Engine, passes: Passes, norms: Record<string, number>): StepParts['passes'] {
  const norm: Passes['norm'] = (gradients) => {
    for (const [name, gradient] of Object.entries(gradients)) norms[name] = euclidean(engine.read(gradient));
    return passes.norm(gradients);
  };
  return { ...passes, norm };
}

function euclidean(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1' },
    warmup: { type: 'string', default: '2' },
    steps: { type: 'string', default: '5' },
    parts: { type: 'string', default: PARTS.join() },
  },
});
const [command, folder] = positionals;
const engine = await loadEngine({ device: 'cpu', threads: Number(values.threads) });
if (command === 'prepare') {
  await prepare(engine, folder);
  process.stdout.write(`${JSON.stringify({ written: folder })}\n`);
} else {
  const parts = values.parts.split(',') as Part[];
  const settings = { folder, warmUp: Number(values.warmup), steps: Number(values.steps), parts };
  process.stdout.write(`${JSON.stringify(await measure(engine, settings))}\n`);
}
