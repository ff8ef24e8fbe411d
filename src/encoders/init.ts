/** Initial weights as a function of the seed: every worker computes the same ones. */
import { elementCount, type HostTensor, type HostTensors } from '../core/host-tensor.js';
import { random } from '../core/random.js';
import type { Initial, Layout, ParameterSpec } from './layout.js';

/** The tensors of a layout, in its order. Each depends on the seed and its own name only. */
export function initialTensors(layout: Layout, seed: number): HostTensors {
  return new Map(layout.map((spec) => [spec.name, initialTensor(spec, seed)]));
}

function initialTensor({ name, shape, initial }: ParameterSpec, seed: number): HostTensor {
  const draw = drawFrom(initial, seed, name);
  return { shape, data: Float32Array.from({ length: elementCount(shape) }, draw) };
}

function drawFrom(initial: Initial, seed: number, name: string): () => number {
  const source = random(seed, 'weights', name);
  switch (initial.kind) {
    case 'constant':
      return () => initial.value;
    case 'normal':
      return () => initial.deviation * source.normal();
    case 'uniform':
      return () => initial.bound * (2 * source.uniform() - 1);
  }
}
