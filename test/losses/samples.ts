/** Inputs for tests of losses, a function of a key each, and what the tests ask of the results. */
import { random } from '../../src/core/random.js';
import type { Host, HostRecord } from '../support/backends.js';

/** Vectors of length 1 along the last axis. */
export function unit(key: string, ...shape: number[]): Host {
  const width = shape.at(-1)!;
  const drawn = rows({ shape: [shape.reduce((a, b) => a * b, 1) / width, width], data: normal(key, ...shape).data });
  return { shape, data: drawn.flatMap((row) => row.map((value) => value / Math.hypot(...row))) };
}

export function normal(key: string, ...shape: number[]): Host {
  const draw = random(1, key);
  return filled(shape, () => draw.normal());
}

export function uniform(key: string, ...shape: number[]): Host {
  const draw = random(1, key);
  return filled(shape, () => draw.uniform());
}

export function filled(shape: number[], value: (index: number) => number): Host {
  return { shape, data: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)) };
}

/** [rows, length], 1 in the first `counts[row]` columns. */
export function prefixMask(counts: readonly number[], length: number): Host {
  return filled([counts.length, length], (i) => Number(i % length < counts[Math.floor(i / length)]));
}

/** Each row of the mask scaled to sum to 1: weights that are alike. */
export function evenWeights(mask: Host): Host {
  const sums = rows(mask).map((row) => row.reduce((a, b) => a + b, 0) || 1);
  return filled(mask.shape, (i) => mask.data[i] / sums[Math.floor(i / mask.shape[1])]);
}

/** Rows `from` to `to` along the first axis. */
export function rowsOf({ shape, data, dtype }: Host, from: number, to: number): Host {
  const size = data.length / shape[0];
  return { shape: [to - from, ...shape.slice(1)], data: Array.from(data).slice(from * size, to * size), dtype };
}

export function concatenated(parts: readonly Host[]): Host {
  const count = parts.reduce((sum, { shape }) => sum + shape[0], 0);
  const data = parts.flatMap((part) => Array.from(part.data));
  return { shape: [count, ...parts[0].shape.slice(1)], data, dtype: parts[0].dtype };
}

/** `extra` more entries of `value` at the end of the second axis. */
export function padded({ shape: [count, length, ...inner], data, dtype }: Host, extra: number, value: number): Host {
  const size = inner.reduce((a, b) => a * b, 1);
  const row = (i: number): number[] => Array.from(data).slice(i * length * size, (i + 1) * length * size);
  const padding = Array.from({ length: extra * size }, () => value);
  const all = Array.from({ length: count }, (_, i) => [...row(i), ...padding]).flat();
  return { shape: [count, length + extra, ...inner], data: all, dtype };
}

/** The rows of a matrix. */
export function rows({ shape: [count, width], data }: Host): number[][] {
  const all = Array.from(data);
  return Array.from({ length: count }, (_, i) => all.slice(i * width, (i + 1) * width));
}

export function allFinite(results: HostRecord): boolean {
  return Object.values(results).every(({ data }) => Array.from(data).every(Number.isFinite));
}

export function isZero({ data }: Host): boolean {
  return Array.from(data).every((value) => value === 0);
}
