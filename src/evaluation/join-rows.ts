/** Puts the rows of batches together. */
import type { HostTensor } from '../core/host-tensor.js';

/**
 * @param parts whole rows each
 * @returns [rows, width]
 */
export function joinRows(parts: readonly Float32Array[], rows: number): HostTensor {
  const data = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { shape: [rows, data.length / rows], data };
}

/** The given rows of a tensor, [rows.length, width]. */
export function pickRows({ shape: [, width], data }: HostTensor, rows: readonly number[]): HostTensor {
  const parts = rows.map((row) => data.subarray(row * width, (row + 1) * width));
  return joinRows(parts, rows.length);
}
