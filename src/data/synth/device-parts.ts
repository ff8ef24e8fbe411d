/** What devices are drawn from: lines, plates, and the way through the veins to the heart. */
import { mediastinumAt } from './anatomy.js';
import { depthIn, ramp, regionOf, signOf, type Ellipse, type Point, type Side } from './geometry.js';
import type { Scene } from './scene.js';
import { curve } from './stroke.js';

/** Attenuation of metal, nearly opaque. */
export const METAL = 0.9;

export function line(scene: Scene, points: readonly Point[], radius: number, density: number): void {
  scene.grid.stroke(scene.tissue, curve(points, radius), density);
}

/** Points in the body frame, moved with the mediastinum. */
export const central = ({ subject }: Scene, x: number, y: number): Point => ({
  x: x + mediastinumAt(subject.anatomy, y),
  y,
});

/** Down the superior vena cava from the subclavian vein of a side. */
export const venousPath = (scene: Scene, side: Side, from: Point): Point[] => {
  const sign = signOf(side);
  const inner = side === 'right' ? -0.16 : 0.1;
  return [
    from,
    { x: sign * 0.5, y: -0.72 },
    central(scene, inner, -0.7),
    central(scene, -0.13, -0.45),
    central(scene, -0.14, -0.1),
  ];
};

export function plate({ grid, tissue }: Scene, ellipse: Ellipse, density: number): void {
  const depthAt = depthIn(ellipse);
  grid.each(regionOf(ellipse), (x, y, index) => {
    tissue[index] += density * ramp(0, 0.08, depthAt(x, y));
  });
}
