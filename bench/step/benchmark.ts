/**
 * `npm run bench -- step`: forward and backward pass of a ViT and of a BERT, compiled, beside PyTorch eager (timm's and
 * transformers' modules) with the same weights, batch and thread count; then a training step of the whole method. Each
 * process measures one side of one case.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLibrary } from '../../src/engine/library-paths.js';
import { ensureEngine } from '../../src/engine/provision/install.js';
import type { Benchmark, BenchmarkOptions, Measurements } from '../benchmark.js';
import { pythonWithPeers } from '../python.js';
import { runEncoderCase } from './encoder-case.js';
import { runMethodCase } from './method-case.js';
import { WARM_UP_STEPS } from './turns.js';

type Case = (folder: string, python: string, options: BenchmarkOptions) => Promise<Measurements>;

const CASES: Case[] = [
  (...given) => runEncoderCase('vit', ...given),
  (...given) => runEncoderCase('bert', ...given),
  runMethodCase,
];

export const stepBenchmark: Benchmark = {
  description: 'forward and backward pass of ViT and BERT, and a step of the whole method, against PyTorch eager',
  run: runStepBenchmark,
};

async function runStepBenchmark(options: BenchmarkOptions): Promise<Measurements> {
  const python = pythonWithPeers(options.progress);
  if (findLibrary() === undefined) options.progress('installing TensorFlow, once');
  await ensureEngine();
  const all: Measurements[] = [];
  for (const run of CASES) all.push(await inFolder((folder) => run(folder, python, options)));
  return {
    versions: Object.assign({}, ...all.map(({ versions }) => versions)) as Record<string, string>,
    results: all.flatMap(({ results }) => results),
    notes: [...howMeasured(options), ...all.flatMap(({ notes }) => notes)],
  };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-bench-step-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function howMeasured({ threads, rounds, steps }: BenchmarkOptions): string[] {
  return [
    `${threads} intra-op threads; ${rounds} processes a side, in turn; ${WARM_UP_STEPS} steps of warm-up, then ${steps} measured; medians.`,
    'Memory is the highest resident memory of a whole process (VmHWM): interpreter, libraries, weights, batch, gradients.',
  ];
}
