/** Tensors in plain memory, as they are sent between processes and written to checkpoints. */

/** float32, row-major; `data.length` is the product of `shape`. */
export interface HostTensor {
  shape: number[];
  data: Float32Array;
}

/** By parameter name, e.g. `image.blocks.0.attn.qkv.weight`; iteration order is the order of the layout. */
export type HostTensors = Map<string, HostTensor>;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
