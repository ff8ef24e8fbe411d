/** The outline of a lung: lateral wall, mediastinal border and diaphragm, and how deep each pixel lies between them. */
import type { LungShape } from './anatomy.js';
import type { Grid } from './grid.js';
import { mix, signOf, type Point, type Region } from './geometry.js';

export interface Lung {
  shape: LungShape;
  sign: -1 | 1;
  /** The rectangle that holds the lung. */
  region: Region;
  /** Distance to the nearest border in units, by pixel; negative outside. */
  depth: Float32Array;
}

export function outlineLung(grid: Grid, shape: LungShape): Lung {
  const sign = signOf(shape.side);
  const { apex, lateralU, domeY, domeDepth } = shape;
  const wall = sign * lateralU;
  const region = { left: Math.min(0, wall), right: Math.max(0, wall), top: apex.y, bottom: domeY + domeDepth };
  const depth = grid.field(-1);
  const dome = Float32Array.from(grid.coordinates, (x) => domeAt(shape, sign * x));
  grid.scan(region, (y, start, first, last) => {
    const wallU = wallAt(shape, y);
    const borderU = borderAt(shape, y);
    for (let column = first; column <= last; column++) {
      const u = sign * grid.coordinates[column];
      depth[start + column] = Math.min(wallU - u, u - borderU, 0.8 * (dome[column] - y));
    }
  });
  return { shape, sign, region, depth };
}

/** The point at a share of the way from the mediastinal border to the wall and from the apex to the dome. */
export function pointIn({ shape, sign }: Lung, across: number, down: number): Point {
  const rough = mix(shape.apex.y, shape.domeY + shape.domeDepth, down);
  const u = mix(borderAt(shape, rough), wallAt(shape, rough), across);
  return { x: sign * u, y: mix(shape.apex.y, domeAt(shape, u), down) };
}

/** u of the wall: from the apex out to its widest at three quarters of the height, then slightly in. */
export function wallAt({ apex, lateralU, domeY, domeDepth }: LungShape, y: number): number {
  const t = (y - apex.y) / (0.75 * (domeY + domeDepth - apex.y));
  if (t <= 0) return -1;
  if (t >= 1) return lateralU - 0.03 * (t - 1);
  return apex.u + (lateralU - apex.u) * Math.pow(1 - Math.pow(1 - t, 2.6), 1 / 1.9);
}

/** u of the mediastinal border: from the apex in to the spine within a third of the height. */
export function borderAt({ apex, medialU, domeY }: LungShape, y: number): number {
  const t = (y - apex.y) / (0.3 * (domeY - apex.y));
  if (t <= 0) return 2;
  return t >= 1 ? medialU : apex.u - (apex.u - medialU) * Math.sqrt(1 - (1 - t) * (1 - t));
}

/** y of the diaphragm: it falls to the costophrenic angle outwards, half as far inwards. */
export function domeAt({ domeU, domeY, domeDepth, lateralU }: LungShape, u: number): number {
  if (u <= domeU) return domeY + 0.45 * domeDepth * ((domeU - Math.max(u, 0)) / domeU) ** 2;
  return domeY + domeDepth * Math.pow((u - domeU) / (lateralU - domeU), 2.4);
}
