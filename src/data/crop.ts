/** Cuts the encoder's input out of a padded square: at random in training, from the centre in evaluation. */
import { random } from '../core/random.js';

/** Top left corner of a crop, in pixels of the square. */
export interface CropOrigin {
  x: number;
  y: number;
}

/** A function of (seed, epoch, row) alone: whichever rank decodes the row cuts the same crop. */
export function randomCrop(side: number, size: number, seed: number, epoch: number, row: number): CropOrigin {
  const draw = random(seed, 'crop', epoch, row);
  return { x: draw.integer(side - size + 1), y: draw.integer(side - size + 1) };
}

/** torchvision's CenterCrop: halves round to the even neighbour, as Python's round does. */
export function centreCrop(side: number, size: number): CropOrigin {
  const half = (side - size) / 2;
  const origin = Number.isInteger(half) ? half : 2 * Math.round(half / 2);
  return { x: origin, y: origin };
}

/**
 * Copies a crop into a batch.
 *
 * @param square [side, side]
 * @param batch [n, size, size]; image `index` of it is written
 */
export function copyCrop(square: Uint8Array, origin: CropOrigin, size: number, batch: Uint8Array, index: number): void {
  const side = Math.sqrt(square.length);
  for (let line = 0; line < size; line++) {
    const from = (origin.y + line) * side + origin.x;
    batch.set(square.subarray(from, from + size), (index * size + line) * size);
  }
}
