/**
 * The body frame in which a synthetic chest is drawn, and the few functions that all drawing shares.
 *
 * One unit is half the width of the rib cage, about 15 cm. The origin lies on the midline at the level of the hila, x grows
 * to the right of the image (the patient's left), y downwards. Lung coordinates use u = distance from the midline.
 */

export type Side = 'right' | 'left';
export const SIDES: readonly Side[] = ['right', 'left'];

export interface Point {
  x: number;
  y: number;
}

/** Centimetres per unit of the body frame. */
export const UNIT_CM = 15;

/** The sign of x on a side of the patient: the patient's right is the image's left. */
export const signOf = (side: Side): -1 | 1 => (side === 'right' ? -1 : 1);

export const otherSide = (side: Side): Side => (side === 'right' ? 'left' : 'right');

export const clamp = (value: number, low: number, high: number): number =>
  value < low ? low : value > high ? high : value;

export const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

/** 0 below `low`, 1 above `high`, with a smooth slope between. */
export function ramp(low: number, high: number, value: number): number {
  const t = clamp((value - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

/** An ellipse whose first axis is turned clockwise by `tilt` radians. */
export interface Ellipse {
  centre: Point;
  halfWidth: number;
  halfHeight: number;
  tilt?: number;
}

/** How deep a point lies inside an ellipse: 1 at the centre, 0 at the edge, negative outside. */
export function depthIn({ centre, tilt = 0, halfWidth, halfHeight }: Ellipse): (x: number, y: number) => number {
  const cos = Math.cos(tilt);
  const sin = Math.sin(tilt);
  return (x, y) => {
    const dx = x - centre.x;
    const dy = y - centre.y;
    const a = (dx * cos + dy * sin) / halfWidth;
    const b = (dy * cos - dx * sin) / halfHeight;
    return 1 - Math.sqrt(a * a + b * b);
  };
}

/** A rectangle of the body frame. */
export interface Region {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const regionAround = ({ x, y }: Point, reach: number): Region => ({
  left: x - reach,
  right: x + reach,
  top: y - reach,
  bottom: y + reach,
});

/** A square that holds an ellipse of `scale` times the size. */
export const regionOf = ({ centre, halfWidth, halfHeight }: Ellipse, scale = 1): Region =>
  regionAround(centre, Math.max(halfWidth, halfHeight) * scale);
