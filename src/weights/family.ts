/** What an import knows of a family of encoders: its names elsewhere, and what tells its members apart. */
import { MlipError } from '../core/errors.js';
import type { HostTensor } from '../core/host-tensor.js';

export type Part = 'vision' | 'text';

/** Shapes by name: without prefix for a source, and as the family names them for a model. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** What is done to a tensor that does not fit as it is. */
export interface Conversion {
  /** For the report, e.g. `positions of 14 x 14 patches resampled to 24 x 24`. */
  what: string;
  apply(tensor: HostTensor): HostTensor;
}

/** Sizes that must be equal, in words: `{ width: 768, blocks: 12 }`. */
export type Sizes = Readonly<Record<string, number | string>>;

export interface Family {
  /** E.g. `vision transformer`. */
  title: string;
  part: Part;
  /** End of a name that only this family has; what stands before it in a file is the file's prefix. */
  anchor: string;
  sizes(shapes: Shapes): Sizes;
  /** @throws MLIP_E_WEIGHTS_ARCHITECTURE, MLIP_E_WEIGHTS_VOCABULARY where `found` cannot fill `wanted`. */
  check(found: Shapes, wanted: Shapes, where: string): void;
  /** Name of the model's parameter, e.g. `vision.norm.weight`. `wanted`: the model's part of this family. */
  target(name: string, wanted: Shapes): string;
  /** Whether the encoder that the name belongs to would compute something else without it. */
  isEssential(name: string, wanted: Shapes): boolean;
  /** How a tensor of one shape becomes one of another; undefined where it cannot. */
  conversion(name: string, from: readonly number[], to: readonly number[]): Conversion | undefined;
}

/** @throws MLIP_E_WEIGHTS_ARCHITECTURE that names both where the sizes differ. */
export function requireSameSizes(title: string, found: Sizes, wanted: Sizes, where: string): void {
  if (Object.entries(wanted).every(([name, size]) => found[name] === size)) return;
  throw otherArchitecture(
    `a ${title} of ${describeSizes(found)}; the model has one of ${describeSizes(wanted)}`,
    where,
  );
}

export function describeSizes(sizes: Sizes): string {
  return Object.entries(sizes)
    .map(([name, size]) => `${name} ${size}`)
    .join(', ');
}

const TAKE_ANOTHER = 'Take weights of the model’s architecture, or a recipe of theirs.';

export function otherArchitecture(what: string, where: string, remedy = TAKE_ANOTHER): MlipError {
  return new MlipError('MLIP_E_WEIGHTS_ARCHITECTURE', `weights of another architecture: ${what}`, { where, remedy });
}

/** One more than the highest number N of the names `PREFIX.N. ...`; 0 where there is none. */
export function countNumbered(shapes: Shapes, prefix: string): number {
  const start = `${prefix}.`;
  const numbers = [...shapes.keys()]
    .filter((name) => name.startsWith(start))
    .map((name) => parseInt(name.slice(start.length)));
  return numbers.reduce((count, number) => Math.max(count, number + 1), 0);
}

/** Size along an axis of a tensor; 0 where it is absent. */
export function sizeOf(shapes: Shapes, name: string, axis: number): number {
  return shapes.get(name)?.[axis] ?? 0;
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** A kernel for one channel as one for `channels` equal ones: [out, 1, h, w] -> [out, channels, h, w], a share each. */
export function spreadOverChannels(from: readonly number[], to: readonly number[]): Conversion | undefined {
  const [outputs, , ...sides] = to;
  if (!isSameShape(from, [outputs, 1, ...sides])) return undefined;
  return { what: `one channel spread over ${to[1]}`, apply: (tensor) => repeatChannel(tensor, to) };
}

function repeatChannel({ data }: HostTensor, shape: readonly number[]): HostTensor {
  const [outputs, channels] = shape;
  const area = data.length / outputs;
  const spread = new Float32Array(data.length * channels);
  spread.forEach((_, at) => {
    const output = Math.floor(at / (area * channels));
    spread[at] = data[output * area + (at % area)] / channels;
  });
  return { shape: [...shape], data: spread };
}
