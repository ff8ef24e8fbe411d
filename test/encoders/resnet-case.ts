// The ResNet of test/fixtures/resnet: its configuration, its weights (made, not stored), and what PyTorch computes with them.
import { join } from 'node:path';
import type { VisionConfig } from '../../src/config/schema.js';
import { elementCount } from '../../src/core/host-tensor.js';
import { packageRoot } from '../../src/core/package-root.js';
import { resnetLayout, resnetStateLayout } from '../../src/encoders/resnet-layout.js';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import type { Host, HostRecord } from '../support/backends.js';

export const config: VisionConfig = {
  ...{
    architecture: 'resnet',
    imageSize: 24,
    inputSize: 40,
    patchSize: 0,
    layers: 0,
    heads: 0,
    mlpWidth: 0,
    dropout: 0,
    frozen: false,
  },
  width: 8,
  stages: [1, 2, 1, 1],
};

const SAMPLES = 64;
const BATCH = 4;

/** Numbers in [0, 1) by stream and index, as make_fixtures.py makes them. */
function uniforms(stream: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let h = (Math.imul(i + 1, 2654435761) + Math.imul(stream, 974711)) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
    return ((h ^ (h >>> 16)) >>> 8) / 2 ** 24;
  });
}

export function signed(stream: number, shape: number[]): Host {
  return { shape, data: uniforms(stream, elementCount(shape)).map((u) => 2 * u - 1) };
}

function fill(name: string, stream: number, shape: number[]): Host {
  const [offset, scale] = offsetAndScale(name, shape);
  return { shape, data: Float32Array.from(signed(stream, shape).data, (value) => offset + scale * value) };
}

function offsetAndScale(name: string, shape: number[]): [number, number] {
  if (name.endsWith('running_var')) return [1, 0.5];
  if (/(running_mean|bias)$/.test(name)) return [0, 0.2];
  return shape.length === 1 ? [1, 0.2] : [0, Math.sqrt(6 / (shape[0] * shape[2] * shape[3]))];
}

const sorted = [...resnetLayout(config), ...resnetStateLayout(config)].sort((a, b) => (a.name < b.name ? -1 : 1));
const filled = sorted.map(({ name, shape }, stream) => [name, fill(name, stream, shape)] as const);
const isRunning = (name: string): boolean => name.includes('running_');

export const parameters: HostRecord = Object.fromEntries(filled.filter(([name]) => !isRunning(name)));
export const running: HostRecord = Object.fromEntries(filled.filter(([name]) => isRunning(name)));
/** Of the projections of gradients. */
const streamOf = (name: string): number => 2000 + sorted.findIndex((spec) => spec.name === name);
export const images = signed(1000, [BATCH, 1, config.imageSize, config.imageSize]);
export const weights: HostRecord = {
  globalWeights: signed(1001, [BATCH, 2048]),
  localWeights: signed(1002, [BATCH, 9, 1024]),
};
export const small = signed(1003, [2, 3, 7, 7]);

export const torch: HostRecord = Object.fromEntries(
  await readSafetensors(join(packageRoot, 'test/fixtures/resnet/resnet.safetensors')),
);

/** The elements of a result that the fixture has. */
export function sample(values: ArrayLike<number>): number[] {
  if (values.length <= SAMPLES) return Array.from(values);
  return Array.from({ length: SAMPLES }, (_, i) => values[Math.floor((i * values.length) / SAMPLES)]);
}

/** Product with a vector that sees every element. */
export function projection(name: string, values: ArrayLike<number>): number {
  return uniforms(streamOf(name), values.length).reduce((sum, u, i) => sum + (2 * u - 1) * values[i], 0);
}
