/** How a finding fills the air of a lung, and where in the lung it can be seen. */
import { mix, type Point, type Region } from './geometry.js';
import { borderAt, domeAt, wallAt, type Lung } from './lung.js';
import { fill, type Scene } from './scene.js';

/** Where the zones lie, as a share of the way from apex to dome. */
export const ZONE_DOWN = { upper: 0.27, mid: 0.54, lower: 0.82 };

/** Share of the air that a finding fills: for a row, a function of x. */
export type Share = (y: number) => (x: number) => number;

/** Where heart, vessels or another finding have already filled this share, what is added cannot be told apart. */
const HIDDEN = 0.6;

/** Fills the lung by a share that depends on the place; where that passes `visible`, the finding is marked. */
export function fillLung(scene: Scene, lung: Lung, region: Region, share: Share, visible = 0.15): Uint8Array {
  const inside = new Uint8Array(scene.grid.size);
  scene.grid.scan(region, (y, start, first, last) => {
    const shareAt = share(y);
    for (let column = first, index = start + first; column <= last; column++, index++) {
      if (lung.depth[index] <= 0) continue;
      const value = shareAt(scene.grid.coordinates[column]);
      if (value <= 0) continue;
      if (value > visible && scene.filled[index] < HIDDEN) inside[index] = 1;
      fill(scene, index, value);
    }
  });
  return inside;
}

/** Where the open lung begins at a level: u of the first pixel beyond heart and vessels. */
export function openBorderAt({ grid, filled }: Scene, { shape, sign }: Lung, y: number): number {
  const wall = wallAt(shape, y);
  for (let u = borderAt(shape, y); u < wall - 0.2; u += 1 / grid.pitch) {
    if (grid.valueAt(filled, sign * u, y) < HIDDEN) return u;
  }
  return wall - 0.2;
}

/** The point at a share of the way from the heart's border to the wall and from the apex to the dome. */
export function openPointIn(scene: Scene, lung: Lung, across: number, down: number): Point {
  const { shape, sign } = lung;
  const level = mix(shape.apex.y, shape.domeY, down);
  const u = mix(openBorderAt(scene, lung, level), wallAt(shape, level), across);
  return { x: sign * u, y: mix(shape.apex.y, domeAt(shape, u), down) };
}
