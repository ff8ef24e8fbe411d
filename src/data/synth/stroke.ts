/** Strokes of a round brush: their paths, and the profile of what they draw. */
import type { Point, Region } from './geometry.js';

/** A point of a stroke with the brush's radius there. */
export interface StrokePoint extends Point {
  radius: number;
}

/** Density over the distance from the stroke's centre line (0 centre, 1 edge). */
export type Profile = (distance: number) => number;

export const PROFILES = {
  /** A cylinder: the chord through it. */
  tube: (d) => Math.sqrt(1 - d * d),
  /** A hollow bone: bright cortex, darker marrow. */
  bone: (d) => (d < 0.5 ? 0.6 : d < 0.75 ? 0.6 + 1.6 * (d - 0.5) : (1 - d) * 4),
  /** A blurred line. */
  soft: (d) => (1 - d * d) * (1 - d * d),
  /** A flat strip of metal or plastic. */
  solid: (d) => (d < 0.8 ? 1 : (1 - d) * 5),
} as const satisfies Record<string, Profile>;

/** A smooth curve (Catmull-Rom) through the points, `steps` segments between two of them, with one radius or a taper. */
export function curve(points: readonly Point[], radius: number, endRadius = radius, steps = 4): StrokePoint[] {
  const path: StrokePoint[] = [];
  const at = (i: number): Point => points[Math.min(points.length - 1, Math.max(0, i))];
  const segments = (points.length - 1) * steps;
  for (let k = 0; k <= segments; k++) {
    const i = Math.min(points.length - 2, Math.floor(k / steps));
    const t = k / steps - i;
    const spline = (a: number, b: number, c: number, d: number): number =>
      b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    path.push({
      x: spline(a.x, b.x, c.x, d.x),
      y: spline(a.y, b.y, c.y, d.y),
      radius: radius + (endRadius - radius) * (k / segments),
    });
  }
  return path;
}

/** The region that strokes through the points can touch. */
export function regionOfStroke(points: readonly StrokePoint[]): Region {
  const region = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y, radius } of points) {
    region.left = Math.min(region.left, x - radius);
    region.right = Math.max(region.right, x + radius);
    region.top = Math.min(region.top, y - radius);
    region.bottom = Math.max(region.bottom, y + radius);
  }
  return region;
}
