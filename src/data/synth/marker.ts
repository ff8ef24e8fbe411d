/** The lead letter that marks the patient's side in a corner of the film, with AP below it on such views. */
import type { Random } from '../../core/random.js';
import type { Case } from './case.js';
import { between } from './chance.js';

/** Letters as 5 x 7 dots. */
const GLYPHS = {
  L: ['#....', '#....', '#....', '#....', '#....', '#....', '#####'],
  R: ['####.', '#...#', '#...#', '####.', '#.#..', '#..#.', '#...#'],
  A: ['.###.', '#...#', '#...#', '#####', '#...#', '#...#', '#...#'],
  P: ['####.', '#...#', '#...#', '####.', '#....', '#....', '#....'],
} as const;
type Glyph = keyof typeof GLYPHS;

/** Draws the marker on film pixels (grey values, row by row). */
export function drawMarker(
  pixels: Float32Array,
  { width, height }: { width: number; height: number },
  { anatomy }: Case,
  draw: Random,
): void {
  const side = draw.pick(['L', 'R'] as const);
  const dot = Math.max(1, Math.round(Math.max(width, height) / between(draw, 130, 200)));
  const top = Math.round(height * between(draw, 0.04, 0.1));
  const margin = Math.round(width * between(draw, 0.05, 0.1));
  const left = side === 'R' ? margin : width - margin - 11 * dot;
  drawGlyph(pixels, width, side, left + 3 * dot, top, dot);
  if (anatomy.view !== 'AP') return;
  drawGlyph(pixels, width, 'A', left, top + 9 * dot, dot);
  drawGlyph(pixels, width, 'P', left + 6 * dot, top + 9 * dot, dot);
}

function drawGlyph(pixels: Float32Array, width: number, glyph: Glyph, left: number, top: number, dot: number): void {
  GLYPHS[glyph].forEach((line, row) => {
    for (let column = 0; column < line.length; column++) {
      if (line[column] !== '#') continue;
      for (let y = 0; y < dot; y++) {
        const start = (top + row * dot + y) * width + left + column * dot;
        pixels.fill(252, start, start + dot);
      }
    }
  });
}
