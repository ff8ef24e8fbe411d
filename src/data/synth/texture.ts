/** Smooth random texture: clouds, mottle, ragged borders. */
import { random, type Key } from '../../core/random.js';

const LATTICE = 32;

/** Smooth random texture in [-1, 1]: value noise of two octaves; one lattice cell is one unit of x and y. */
export function texture(seed: number, ...keys: Key[]): (x: number, y: number) => number {
  const draw = random(seed, 'texture', ...keys);
  const lattice = Float32Array.from({ length: LATTICE * LATTICE }, () => 2 * draw.uniform() - 1);
  return (x, y) => (2 * interpolate(lattice, x, y) + interpolate(lattice, 2.17 * x + 11.3, 2.17 * y + 5.7)) / 3;
}

function interpolate(lattice: Float32Array, x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const fx = x - column;
  const fy = y - row;
  const sx = fx * fx * (3 - 2 * fx);
  const sy = fy * fy * (3 - 2 * fy);
  const top = (row & (LATTICE - 1)) * LATTICE;
  const bottom = ((row + 1) & (LATTICE - 1)) * LATTICE;
  const left = column & (LATTICE - 1);
  const right = (column + 1) & (LATTICE - 1);
  const above = lattice[top + left] + (lattice[top + right] - lattice[top + left]) * sx;
  const below = lattice[bottom + left] + (lattice[bottom + right] - lattice[bottom + left]) * sx;
  return above + (below - above) * sy;
}
