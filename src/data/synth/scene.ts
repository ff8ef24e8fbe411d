/**
 * What a radiograph is composed of while it is drawn. A ray's attenuation is that of tissue and bone, less the air in its
 * way, where disease may have filled the air:
 *
 *   attenuation = tissue - air x (1 - filled) + vessels x aerated share + bone x visible share
 */
import { random, type Key, type Random } from '../../core/random.js';
import type { Case } from './case.js';
import { clamp, type Side } from './geometry.js';
import type { Grid } from './grid.js';
import { outlineLung, type Lung } from './lung.js';
import { texture } from './texture.js';

/** Attenuation that a lung's thickest part takes away. */
export const FULL_AIR = 0.52;

export interface Scene {
  subject: Case;
  grid: Grid;
  lungs: Record<Side, Lung>;
  /** Attenuation of soft tissue and devices. */
  tissue: Float32Array;
  bone: Float32Array;
  /** Attenuation that air takes away. */
  air: Float32Array;
  /** Share of the air that is replaced by fluid or cells, in [0, 1]. */
  filled: Float32Array;
  /** Attenuation of the lung's vessels. */
  vessels: Float32Array;
  /** Regions of the findings, one for each side they are on. */
  regions: FindingRegion[];
  /** A generator for one purpose. */
  draw: (...keys: Key[]) => Random;
  /** Smooth noise in [-1, 1] for one purpose. */
  texture: (...keys: Key[]) => (x: number, y: number) => number;
}

export interface FindingRegion {
  label: string;
  /** 1 inside, by pixel of the grid. */
  inside: Uint8Array;
}

export function createScene(subject: Case, grid: Grid): Scene {
  const { right, left } = subject.anatomy.lungs;
  return {
    subject,
    grid,
    lungs: { right: outlineLung(grid, right), left: outlineLung(grid, left) },
    tissue: grid.field(),
    bone: grid.field(),
    air: grid.field(),
    filled: grid.field(),
    vessels: grid.field(),
    regions: [],
    draw: (...keys) => random(subject.seed, 'draw', subject.row, ...keys),
    texture: (...keys) => texture(subject.seed, subject.row, ...keys),
  };
}

/** Fills a share of the air that is still there. */
export function fill(scene: Scene, index: number, share: number): void {
  scene.filled[index] += (1 - scene.filled[index]) * share;
}

/** Attenuation of each ray. Scattered rays hide bone behind much tissue. */
export function compose({ grid, tissue, bone, air, filled, vessels }: Scene): Float32Array {
  const attenuation = grid.field();
  for (let i = 0; i < attenuation.length; i++) {
    const aerated = air[i] * (1 - filled[i]);
    const soft = tissue[i] - aerated;
    const visible = clamp(1.7 - 1.3 * soft, 0.2, 1);
    attenuation[i] = soft + vessels[i] * Math.min(1, aerated / (0.4 * FULL_AIR)) + bone[i] * visible;
  }
  return attenuation;
}
