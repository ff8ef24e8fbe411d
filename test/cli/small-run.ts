// A run that is over in seconds: a corpus of small pictures and a model of a few thousand parameters.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesize } from '../../src/data/synth/corpus.js';

const CONFIG = `
recipe: clip-nano
batchSize: 8
microBatchSize: 4
data: { resize: 32, maxPieces: 16, vocabularySize: 200, maxBadShare: 0.1 }
model:
  vision: { imageSize: 32, patchSize: 8, width: 16, layers: 1, heads: 2, mlpWidth: 32 }
  text: { width: 16, layers: 1, heads: 2, mlpWidth: 32, maxPositions: 16 }
  headWidth: 32
  embeddingWidth: 16
optimizer: { learningRate: 0.001 }
engine: { compiler: executor, threads: 1 }
evaluation: { pairs: 8, batchSize: 8 }
`;

export interface SmallRun {
  folder: string;
  config: string;
  manifest: string;
  /** Arguments of `mlip train` into a directory below the folder. */
  train(out: string, ...more: string[]): string[];
  path(...parts: string[]): string;
  remove(): void;
}

/** @param pairs of the corpus; 8 of them are held out. */
export async function smallRun(pairs = 32): Promise<SmallRun> {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-run-'));
  const { manifest } = await synthesize({ pairs, validPairs: 8, seed: 1, size: 48, out: join(folder, 'corpus') });
  const config = join(folder, 'small.yaml');
  writeFileSync(config, CONFIG);
  const path = (...parts: string[]): string => join(folder, ...parts);
  return {
    ...{ folder, config, manifest, path },
    train: (out, ...more) => ['train', config, '--data', manifest, '--out', path(out), ...more],
    remove: () => rmSync(folder, { recursive: true }),
  };
}

export interface RunJson {
  coordinator: { address: string; pid: number };
  workers: { worker: number; pid: number; device: string }[];
}

/** Waits until a run has applied that many steps; who runs it. */
export async function untilStep(out: string, step: number): Promise<RunJson> {
  await until(() => metrics(out).length >= step);
  return readRunJson(out);
}

export function readRunJson(out: string): RunJson {
  return JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunJson;
}

/** Workers that have joined, as run.json names them; none before there is one. */
export function workersOf(out: string): RunJson['workers'] {
  const file = join(out, 'run.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunJson).workers : [];
}

/** Lines of metrics.jsonl, without one that is being written. */
export function metrics(out: string): string[] {
  const file = join(out, 'metrics.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

export async function until(condition: () => boolean, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${condition.toString()}`);
    await sleep(20);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** All processes of a run on this machine. */
export function pidsOf({ coordinator, workers }: RunJson): number[] {
  return [coordinator.pid, ...workers.map(({ pid }) => pid)];
}
