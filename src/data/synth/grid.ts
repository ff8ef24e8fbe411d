/**
 * Rasters in the body frame: a square grid and its fields. Densities add up like the attenuation of a ray, so structures
 * shine through each other.
 */
import { clamp, type Region } from './geometry.js';
import { PROFILES, regionOfStroke, type Profile, type StrokePoint } from './stroke.js';

/** Half the side of the grid, in units of the body frame. */
const EXTENT = 1.45;

export const WHOLE: Region = { left: -EXTENT, right: EXTENT, top: -EXTENT, bottom: EXTENT };

/** The grid: `side` x `side` pixels over the body frame. Fields are Float32Array of `size` values, row by row. */
export class Grid {
  readonly side: number;
  readonly size: number;
  /** Pixels per unit. */
  readonly pitch: number;
  /** x of each column, which is also y of each row. */
  readonly coordinates: Float64Array;
  readonly #scratch: Float32Array;
  readonly #fields: Float32Array[] = [];
  #fieldsInUse = 0;

  constructor(side: number) {
    this.side = side;
    this.size = side * side;
    this.pitch = side / (2 * EXTENT);
    this.coordinates = Float64Array.from({ length: side }, (_, pixel) => (pixel + 0.5) / this.pitch - EXTENT);
    this.#scratch = new Float32Array(this.size);
  }

  /** A field of `value`, until `releaseFields`. */
  field(value = 0): Float32Array {
    const field = (this.#fields[this.#fieldsInUse++] ??= new Float32Array(this.size));
    return field.fill(value);
  }

  /** Takes back all fields, for the next picture: new ones would cost as much as drawing. */
  releaseFields(): void {
    this.#fieldsInUse = 0;
  }

  /** Pixel coordinate of a body coordinate, along either axis. */
  pixel(coordinate: number): number {
    return (coordinate + EXTENT) * this.pitch - 0.5;
  }

  /** The column (or row) whose centre is nearest. */
  nearest(coordinate: number): number {
    return clamp(Math.round(this.pixel(coordinate)), 0, this.side - 1);
  }

  /** The value of a field at the pixel nearest to a point. */
  valueAt(field: Float32Array, x: number, y: number): number {
    return field[this.nearest(y) * this.side + this.nearest(x)];
  }

  /** Calls `visit` for each row of a region with the columns `first` to `last`; pixel `column` is `start + column`. */
  scan(region: Region, visit: (y: number, start: number, first: number, last: number) => void): void {
    const [first, last] = [this.nearest(region.left), this.nearest(region.right)];
    const bottom = this.nearest(region.bottom);
    for (let row = this.nearest(region.top); row <= bottom; row++) {
      visit(this.coordinates[row], row * this.side, first, last);
    }
  }

  /** Calls `visit` for each pixel of a region. For large areas `scan` is several times as fast. */
  each(region: Region, visit: (x: number, y: number, index: number) => void): void {
    this.scan(region, (y, start, first, last) => {
      for (let column = first; column <= last; column++) visit(this.coordinates[column], y, start + column);
    });
  }

  /** Adds a stroke through the points, of `density` times the profile at the distance from its centre line. */
  stroke(field: Float32Array, points: readonly StrokePoint[], density: number, profile: Profile = PROFILES.tube): void {
    for (let i = 1; i < points.length; i++) this.#markSegment(points[i - 1], points[i]);
    this.#flushStroke(field, points, density, profile);
  }

  /** Raises the scratch field to the closeness (1 on the centre line, 0 at the edge) to one segment. */
  #markSegment(from: StrokePoint, to: StrokePoint): void {
    const scratch = this.#scratch;
    const dx = to.x - from.x;
    const dy = to.y - from.y;
    const lengthSquared = dx * dx + dy * dy || 1;
    const taper = to.radius - from.radius;
    this.scan(regionOfStroke([from, to]), (rowY, start, first, last) => {
      const y = rowY - from.y;
      for (let column = first; column <= last; column++) {
        const x = this.coordinates[column] - from.x;
        const along = (x * dx + y * dy) / lengthSquared;
        const share = along < 0 ? 0 : along > 1 ? 1 : along;
        const radius = from.radius + taper * share;
        const ex = x - share * dx;
        const ey = y - share * dy;
        const distanceSquared = ex * ex + ey * ey;
        if (distanceSquared >= radius * radius) continue;
        const closeness = 1 - Math.sqrt(distanceSquared) / radius;
        if (closeness > scratch[start + column]) scratch[start + column] = closeness;
      }
    });
  }

  /** Adds the stroke that the scratch field holds, and clears it. */
  #flushStroke(field: Float32Array, points: readonly StrokePoint[], density: number, profile: Profile): void {
    const scratch = this.#scratch;
    this.scan(regionOfStroke(points), (_, start, first, last) => {
      for (let index = start + first; index <= start + last; index++) {
        if (scratch[index] === 0) continue;
        field[index] += density * profile(1 - scratch[index]);
        scratch[index] = 0;
      }
    });
  }
}
