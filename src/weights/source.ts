/** Weights from elsewhere: a safetensors file, or the folder or the index of a model that Hugging Face has saved. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { messageOf, MlipError } from '../core/errors.js';
import type { HostTensors } from '../core/host-tensor.js';
import type { TensorType } from '../safetensors/header.js';
import { refusePickle } from '../safetensors/pickle.js';
import { readSafetensors, readSafetensorsHeader } from '../safetensors/safetensors.js';

const WHOLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const PICKLES = new Set(['.bin', '.pt', '.pth']);

export interface SourceTensor {
  shape: readonly number[];
  type: TensorType;
  /** The shard that holds it. */
  file: string;
}

export interface WeightSource {
  /** As the user named it. */
  path: string;
  /** Where texts that belong to the weights may lie: config.json, vocab.txt. */
  folder: string;
  tensors: ReadonlyMap<string, SourceTensor>;
  /** What the file says of itself. */
  metadata: Readonly<Record<string, string>>;
  read(names: ReadonlySet<string>): Promise<HostTensors>;
}

/**
 * Reads names and shapes, no numbers yet.
 *
 * @throws MLIP_E_WEIGHTS_MISSING, MLIP_E_WEIGHTS_PICKLE, MLIP_E_TENSORS_FORMAT, MLIP_E_TENSORS_TYPE
 */
export async function openWeights(path: string): Promise<WeightSource> {
  const { folder, files } = await filesOf(path);
  const tensors = new Map<string, SourceTensor>();
  let metadata: Record<string, string> = {};
  for (const file of files) {
    const header = await readSafetensorsHeader(file);
    metadata = { ...metadata, ...header.metadata };
    for (const { name, shape, type } of header.entries) tensors.set(name, { shape, type, file });
  }
  return { path, folder, tensors, metadata, read: (names) => readFrom(tensors, names) };
}

async function readFrom(tensors: ReadonlyMap<string, SourceTensor>, names: ReadonlySet<string>): Promise<HostTensors> {
  const read: HostTensors = new Map();
  for (const file of new Set(Array.from(names, (name) => tensors.get(name)!.file))) {
    for (const [name, tensor] of await readSafetensors(file, (candidate) => names.has(candidate)))
      read.set(name, tensor);
  }
  return read;
}

async function filesOf(path: string): Promise<{ folder: string; files: string[] }> {
  const found = await stat(path).catch((cause: unknown) => {
    throw missing(messageOf(cause), path);
  });
  if (found.isDirectory()) return filesOfFolder(path);
  if (path.endsWith('.index.json')) return { folder: dirname(path), files: await shardsOf(path) };
  await refusePickle(path);
  return { folder: dirname(path), files: [path] };
}

async function filesOfFolder(folder: string): Promise<{ folder: string; files: string[] }> {
  const names = await readdir(folder);
  if (names.includes(WHOLE)) return { folder, files: [join(folder, WHOLE)] };
  if (names.includes(INDEX)) return { folder, files: await shardsOf(join(folder, INDEX)) };
  const pickle = names.sort().find((name) => PICKLES.has(extname(name)));
  if (pickle !== undefined) await refusePickle(join(folder, pickle), join(folder, WHOLE));
  throw missing(`there is no ${WHOLE} in this folder`, folder);
}

/** Files of a model that was saved in parts. */
async function shardsOf(index: string): Promise<string[]> {
  const shards = new Set(Object.values(parseIndex(await readFile(index, 'utf8'), index)));
  return Array.from(shards, (shard) => {
    if (typeof shard === 'string' && basename(shard) === shard) return join(dirname(index), shard);
    throw badIndex(index, `${JSON.stringify(shard)} is not the name of a file beside it`);
  });
}

function parseIndex(text: string, index: string): Record<string, unknown> {
  try {
    const { weight_map: map } = JSON.parse(text) as { weight_map?: Record<string, unknown> };
    if (typeof map === 'object' && map !== null) return map;
  } catch {
    // Said below.
  }
  throw badIndex(index, 'it has no weight_map');
}

function badIndex(index: string, what: string): MlipError {
  const remedy = 'Download the model again, or give one safetensors file.';
  return new MlipError('MLIP_E_TENSORS_FORMAT', `not the index of a sharded model: ${what}`, { where: index, remedy });
}

function missing(what: string, where: string): MlipError {
  return new MlipError('MLIP_E_WEIGHTS_MISSING', `there are no weights: ${what}`, {
    where,
    remedy: `Give a safetensors file, or a folder with ${WHOLE} or ${INDEX}.`,
  });
}
