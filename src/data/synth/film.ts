/**
 * From the attenuation of the body to a film: projection (turn, offset, margins), collimation, tone curve, noise, the side
 * marker. Regions of findings are projected alike and give masks and boxes.
 */
import { random } from '../../core/random.js';
import type { Case } from './case.js';
import { between } from './chance.js';
import type { Grid } from './grid.js';
import { clamp, type Point } from './geometry.js';
import { drawMarker } from './marker.js';
import { HUMERAL_HEAD_U } from './render-bones.js';
import type { FindingRegion } from './scene.js';

export interface Film {
  width: number;
  height: number;
  /** Where each pixel of the film lies on the grid, in pixels of the grid. */
  x: Float32Array;
  y: Float32Array;
  gridSide: number;
}

/** Places the film over the body so that both lungs are on it with some margin. */
export function layFilm({ anatomy, devices, technique }: Case, grid: Grid, longSide: number): Film {
  const { right, left } = anatomy.lungs;
  const top = Math.min(right.apex.y, left.apex.y);
  const bottom = Math.max(right.domeY + right.domeDepth, left.domeY + left.domeDepth);
  // What the report tells of must be on the film.
  const shoulders = devices.some(({ kind }) => kind === 'shoulderProsthesis');
  const reach = shoulders ? HUMERAL_HEAD_U + 0.08 : Math.max(right.lateralU, left.lateralU) + 0.08;
  const { aspect, margin, tilt, offset } = technique;
  const halfHeight = Math.max((0.5 + margin) * (bottom - top), reach / aspect);
  const width = Math.round(aspect >= 1 ? longSide : longSide * aspect);
  const height = Math.round(aspect >= 1 ? longSide / aspect : longSide);
  const step = ((2 * halfHeight) / height) * grid.pitch;
  const centre = { x: grid.pixel(offset.x), y: grid.pixel((top + bottom) / 2 + offset.y) };
  return project(width, height, grid.side, centre, { cos: step * Math.cos(tilt), sin: step * Math.sin(tilt) });
}

function project(
  width: number,
  height: number,
  gridSide: number,
  centre: Point,
  turn: { cos: number; sin: number },
): Film {
  const x = new Float32Array(width * height);
  const y = new Float32Array(width * height);
  const last = gridSide - 1;
  for (let row = 0, index = 0; row < height; row++) {
    for (let column = 0; column < width; column++, index++) {
      const across = column - (width - 1) / 2;
      const down = row - (height - 1) / 2;
      // Beyond the grid the body goes on as at its border.
      x[index] = clamp(centre.x + across * turn.cos - down * turn.sin, 0, last);
      y[index] = clamp(centre.y + across * turn.sin + down * turn.cos, 0, last);
    }
  }
  return { width, height, x, y, gridSide };
}

/** Grey values of a case, 8 bit, row by row. */
export function expose(subject: Case, film: Film, attenuation: Float32Array): Uint8Array {
  const { technique } = subject;
  const gain = { under: 1.62, normal: 1.45, over: 1.22 }[technique.exposure];
  const tone = toneTable(gain, technique.contrast);
  const pixels = new Float32Array(film.width * film.height);
  for (let i = 0; i < pixels.length; i++) {
    const value = bilinear(attenuation, film.gridSide, film.x[i], film.y[i]);
    pixels[i] = tone[clamp(Math.round(value * TONE_STEPS), 0, tone.length - 1)];
  }
  const draw = random(subject.seed, 'film', subject.row);
  drawMarker(pixels, film, subject, draw);
  if (technique.collimated) collimate(pixels, film, between(draw, 0.01, 0.035), between(draw, -0.01, 0.01));
  return addNoise(pixels, technique.noise, draw.integer(GRAIN.length));
}

const TONE_STEPS = 512;
const DENSEST = 3;

/** Grey value by attenuation: a film's toe and shoulder. */
const toneTable = (gain: number, contrast: number): Float32Array =>
  Float32Array.from({ length: DENSEST * TONE_STEPS }, (_, i) => {
    const exponent = Math.pow((gain * i) / TONE_STEPS, contrast);
    return 4 + 246 * (1 - Math.exp(-exponent));
  });

/** The mask of a region on the film: 255 inside. */
export function projectRegion({ x, y, gridSide }: Film, { inside }: FindingRegion): Uint8Array {
  const mask = new Uint8Array(x.length);
  for (let i = 0; i < mask.length; i++) mask[i] = 255 * inside[Math.round(y[i]) * gridSide + Math.round(x[i])];
  return mask;
}

/** The field between four pixels. */
function bilinear(field: Float32Array, side: number, x: number, y: number): number {
  const column = Math.min(side - 2, Math.floor(x));
  const row = Math.min(side - 2, Math.floor(y));
  const fx = x - column;
  const fy = y - row;
  const i = row * side + column;
  const above = field[i] + (field[i + 1] - field[i]) * fx;
  const below = field[i + side] + (field[i + side + 1] - field[i + side]) * fx;
  return above + (below - above) * fy;
}

/** Black borders, slightly turned. */
function collimate(pixels: Float32Array, { width, height }: Film, share: number, turn: number): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = column / width - 0.5;
      const y = row / height - 0.5;
      const edge = 0.5 - share - Math.max(Math.abs(x + turn * y), Math.abs(y - turn * x));
      if (edge < 0) pixels[row * width + column] = 3;
    }
  }
}

/** Standard normal noise, drawn once; a film reads it from its own offset. */
const GRAIN = grain(1 << 17);

function grain(length: number): Float32Array {
  const draw = random(0, 'film grain');
  return Float32Array.from({ length }, () => draw.normal());
}

/** Rounds to 8 bit with noise: less of it in the black outside the body. */
function addNoise(pixels: Float32Array, deviation: number, offset: number): Uint8Array {
  const film = new Uint8ClampedArray(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const noise = deviation * (0.35 + 0.65 * Math.min(1, pixels[i] / 60)) * GRAIN[(i + offset) % GRAIN.length];
    film[i] = pixels[i] + noise;
  }
  return new Uint8Array(film.buffer);
}
