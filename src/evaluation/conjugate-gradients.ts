/** Solves linear systems of which only products are known, after Hestenes and Stiefel (1952). */
import { addScaled, dot } from './matrix.js';

/**
 * @param multiply the product of the matrix, [n, n], symmetric and positive definite, with a vector
 * @param right [n]
 * @param precision length of what is left of `right`, as a share of its own, at which the solution is good enough
 * @returns x of `matrix x = right`, [n]
 */
export function conjugateGradients(
  multiply: (vector: Float64Array) => Float64Array,
  right: Float64Array,
  precision: number,
): Float64Array {
  const solution = new Float64Array(right.length);
  const residual = right.slice();
  const direction = right.slice();
  let left = dot(residual, residual);
  const enough = left * precision ** 2;
  // Without rounding n products would do.
  for (let products = 0; left > enough && products < 2 * right.length; products++) {
    const image = multiply(direction);
    const length = left / dot(direction, image);
    addScaled(solution, length, direction);
    addScaled(residual, -length, image);
    const before = left;
    left = dot(residual, residual);
    direction.forEach((value, i) => (direction[i] = residual[i] + (left / before) * value));
  }
  return solution;
}
