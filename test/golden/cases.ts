/** Finds golden cases: loss files and encoders in the project's fixtures, in ../shared/golden, and where MLIP_GOLDEN says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { packageRoot } from '../../src/core/package-root.js';

export interface GoldenTensor {
  shape: number[];
  dtype: string;
  data: number[];
}

/** A loss with its inputs, its value and its gradients, as make_golden.py writes it. */
export interface LossCase {
  kind: 'loss';
  name: string;
  /** Where it was found, for the title of its test. */
  source: string;
  inputs: Record<string, GoldenTensor>;
  options: Record<string, number>;
  value: GoldenTensor;
  gradients: Record<string, GoldenTensor>;
}

/** An encoder as make_encoders.py writes it: NAME.json, NAME.safetensors, NAME.io.safetensors. */
export interface EncoderCase {
  kind: 'encoder';
  name: string;
  source: string;
  config: Record<string, number | string | number[]>;
  weightsPath: string;
  ioPath: string;
}

export type GoldenCase = LossCase | EncoderCase;

/** Directories that are searched: ../shared/golden if it is there, the one that MLIP_GOLDEN names in any case. */
export function goldenDirectories(): string[] {
  const shared = resolve(packageRoot, '../shared/golden');
  const named = process.env['MLIP_GOLDEN'] ?? '';
  return [
    join(packageRoot, 'test/fixtures/golden'),
    ...(existsSync(shared) ? [shared] : []),
    ...(named === '' ? [] : [resolve(named)]),
  ];
}

/** All cases of a directory and of its `encoders/`. */
export function goldenCases(directory: string): GoldenCase[] {
  const inner = join(directory, 'encoders');
  const paths = [directory, inner].filter(existsSync).flatMap((at) => readdirSync(at).map((file) => join(at, file)));
  return paths
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map(readCase);
}

function readCase(path: string): GoldenCase {
  const content = JSON.parse(readFileSync(path, 'utf8')) as unknown;
  const name = basename(path, '.json');
  const common = { name, source: dirname(path) };
  const ioPath = join(dirname(path), `${name}.io.safetensors`);
  if (!existsSync(ioPath))
    return { ...common, kind: 'loss', ...(content as Omit<LossCase, 'kind' | 'name' | 'source'>) };
  const weightsPath = join(dirname(path), `${name}.safetensors`);
  return { ...common, kind: 'encoder', config: content as EncoderCase['config'], weightsPath, ioPath };
}
