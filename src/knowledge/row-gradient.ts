/** The gradient of a table of embeddings, of which a batch touches few rows. */
import type { HostTensor } from '../core/host-tensor.js';

export interface RowGradient {
  /** The row's gradient, to add to. */
  row(index: number): Float32Array;
  /** Takes a step of gradient descent on the touched rows and forgets their gradient. */
  apply(learningRate: number, options: { normalise: boolean }): void;
}

/** @param table [N, width], which `apply` changes */
export function createRowGradient({ shape: [, width], data }: HostTensor): RowGradient {
  const touched = new Map<number, Float32Array>();
  const spare: Float32Array[] = [];
  return {
    row(index) {
      const known = touched.get(index);
      if (known !== undefined) return known;
      const fresh = spare.pop() ?? new Float32Array(width);
      touched.set(index, fresh);
      return fresh;
    },
    apply(learningRate, { normalise }) {
      for (const [index, gradient] of touched) {
        const row = data.subarray(index * width, (index + 1) * width);
        for (let i = 0; i < width; i++) row[i] -= learningRate * gradient[i];
        if (normalise) normaliseRow(row);
        spare.push(gradient.fill(0));
      }
      touched.clear();
    },
  };
}

/** To length 1 (L2). */
export function normaliseRow(row: Float32Array): void {
  let sum = 0;
  for (const value of row) sum += value * value;
  const scale = sum === 0 ? 0 : 1 / Math.sqrt(sum);
  for (let i = 0; i < row.length; i++) row[i] *= scale;
}
