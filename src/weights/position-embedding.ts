/**
 * Position embeddings of a vision transformer for another number of patches: bicubic, as timm's resample_abs_pos_embed with
 * its antialiasing, which is torch.nn.functional.interpolate(mode='bicubic', antialias=True, align_corners=False).
 */
import type { HostTensor } from '../core/host-tensor.js';

/** Coefficient of Keys' cubic; the antialiased filter takes -0.5 as Pillow does, not the -0.75 of the plain one. */
const CUBIC = -0.5;
/** Half the width of the filter, in pixels of the coarser grid. */
const SUPPORT = 2;

/**
 * @param table [1, 1 + g * g, width]: the class token, then patches in rows
 * @param side of the new grid
 * @returns [1, 1 + side * side, width], the class token unchanged
 */
export function resamplePositions({ shape: [, tokens, width], data }: HostTensor, side: number): HostTensor {
  const grid = Math.sqrt(tokens - 1);
  const weights = resamplingWeights(grid, side);
  const patches = data.subarray(width);
  const narrowed = alongRows(patches, weights, { rows: grid, from: grid, inner: width });
  const resampled = alongRows(narrowed, weights, { rows: 1, from: grid, inner: side * width });
  const result = new Float32Array((1 + side * side) * width);
  result.set(data.subarray(0, width));
  result.set(resampled, width);
  return { shape: [1, 1 + side * side, width], data: result };
}

/** Weights of the old positions in each new one, [to][from]; rows sum to 1. */
function resamplingWeights(from: number, to: number): number[][] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: to }, (_, index) => {
    const centre = scale * (index + 0.5);
    const first = Math.max(Math.trunc(centre - SUPPORT * stretch + 0.5), 0);
    const end = Math.min(Math.trunc(centre + SUPPORT * stretch + 0.5), from);
    const inside = (old: number): boolean => old >= first && old < end;
    const raw = Array.from({ length: from }, (__, old) => (inside(old) ? cubic((old + 0.5 - centre) / stretch) : 0));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return raw.map((weight) => weight / sum);
  });
}

function cubic(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return ((CUBIC + 2) * d - (CUBIC + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * CUBIC : 0;
}

interface Extent {
  rows: number;
  from: number;
  inner: number;
}

/** Mixes along the middle axis: [rows, from, inner] -> [rows, to, inner]. */
function alongRows(values: ArrayLike<number>, weights: number[][], { rows, from, inner }: Extent): Float64Array {
  const to = weights.length;
  const mixed = new Float64Array(rows * to * inner);
  for (let row = 0; row < rows; row++) {
    for (const [target, shares] of weights.entries()) {
      const at = (row * to + target) * inner;
      for (const [old, share] of shares.entries()) {
        if (share === 0) continue;
        const source = (row * from + old) * inner;
        for (let i = 0; i < inner; i++) mixed[at + i] += share * values[source + i];
      }
    }
  }
  return mixed;
}
