/** Matrices of double precision in plain memory. */

export interface Matrix {
  rows: number;
  width: number;
  /** [rows, width], row-major */
  values: Float64Array;
}

export function rowOf({ width, values }: Matrix, row: number): Float64Array {
  return values.subarray(row * width, (row + 1) * width);
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** `target += factor * x` */
export function addScaled(target: Float64Array, factor: number, x: Float64Array): void {
  for (let i = 0; i < x.length; i++) target[i] += factor * x[i];
}
