/** What a file of weights holds, by its names and shapes alone: no numbers are read, so large files take no longer. */
import { elementCount } from '../core/host-tensor.js';
import { FAMILIES, prefixesOf, shapesUnder } from './families.js';
import type { Sizes } from './family.js';
import { openWeights } from './source.js';

export interface EncoderReport {
  /** E.g. `vision transformer`. */
  family: string;
  prefix: string;
  sizes: Sizes;
}

export interface InspectReport {
  path: string;
  /** Encoders that mlip can import, if there are any. */
  encoders: EncoderReport[];
  parameters: number;
  /** Tensors by type of their numbers. */
  types: Record<string, number>;
  metadata: Readonly<Record<string, string>>;
  tensors: { name: string; shape: readonly number[]; type: string }[];
}

/** @throws MLIP_E_WEIGHTS_MISSING, MLIP_E_WEIGHTS_PICKLE, MLIP_E_TENSORS_FORMAT, MLIP_E_TENSORS_TYPE */
export async function inspectWeights(path: string): Promise<InspectReport> {
  const { tensors: found, metadata } = await openWeights(path);
  const tensors = Array.from(found, ([name, { shape, type }]) => ({ name, shape, type }));
  const encoders = FAMILIES.flatMap((family) =>
    prefixesOf(found.keys(), family).map((prefix) => {
      return { family: family.title, prefix, sizes: family.sizes(shapesUnder(prefix, found)) };
    }),
  );
  const types: Record<string, number> = {};
  for (const { type } of tensors) types[type] = (types[type] ?? 0) + 1;
  const parameters = tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return { path, encoders, parameters, types, metadata, tensors };
}
