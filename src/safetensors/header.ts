/**
 * The header of a safetensors file (github.com/huggingface/safetensors): a uint64 length, then JSON that gives each
 * tensor's type, shape and place among the bytes after it. Read as strictly as if it came from a stranger, which it may.
 */
import { MlipError } from '../core/errors.js';
import { elementCount } from '../core/host-tensor.js';
import { repeatedKey } from './repeated-key.js';

/** Bytes of an element. */
export const ELEMENT_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
export type TensorType = keyof typeof ELEMENT_BYTES;

export interface TensorEntry {
  name: string;
  type: TensorType;
  shape: number[];
  /** Bytes from the end of the header, `end` exclusive. */
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes. */
  entries: TensorEntry[];
  metadata: Record<string, string>;
}

/** As the reference implementation: a longer header is an attack or an accident. */
export const MAX_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';

/** A damaged file: `tensor` names the one to blame, if one is. */
export function damaged(path: string, what: string, tensor?: string): MlipError {
  const where = tensor === undefined ? path : `${path}, tensor ${tensor}`;
  const remedy = 'Copy or download the file again, or take another one.';
  return new MlipError('MLIP_E_TENSORS_FORMAT', `not a valid safetensors file: ${what}`, { where, remedy });
}

/** `dataBytes`: what follows the header in the file. */
export function parseHeader(text: string, dataBytes: number, path: string): SafetensorsHeader {
  const { [METADATA]: metadata = {}, ...tensors } = parseObject(text, path);
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw damaged(path, 'its metadata is not a map of texts');
  }
  const entries = Object.entries(tensors).map(([name, entry]) => parseEntry(name, entry, path));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkLayout(entries, dataBytes, path);
  return { entries, metadata: metadata as Record<string, string> };
}

function parseObject(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path, 'its header is not JSON');
  }
  if (!isRecord(value)) throw damaged(path, 'its header is not an object');
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw damaged(path, 'its header names a tensor twice', repeated);
  return value;
}

function parseEntry(name: string, entry: unknown, path: string): TensorEntry {
  if (!isRecord(entry)) throw damaged(path, 'an entry is not an object', name);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isSizes(shape)) throw damaged(path, 'its shape is not a list of sizes', name);
  if (!isSizes(offsets) || offsets.length !== 2) throw damaged(path, 'its data_offsets are not two positions', name);
  const [begin, end] = offsets;
  if (typeof dtype !== 'string') throw damaged(path, 'its dtype is not a text', name);
  const type = requireType(dtype, name, path);
  if (end - begin !== elementCount(shape) * ELEMENT_BYTES[type]) {
    throw damaged(path, `${end - begin} bytes cannot hold ${type} [${shape.join(', ')}]`, name);
  }
  return { name, type, shape, begin, end };
}

function requireType(dtype: string, name: string, path: string): TensorType {
  if (Object.hasOwn(ELEMENT_BYTES, dtype)) return dtype as TensorType;
  throw new MlipError('MLIP_E_TENSORS_TYPE', `numbers of type ${dtype} are not read`, {
    where: `${path}, tensor ${name}`,
    remedy: `Convert it to one of ${Object.keys(ELEMENT_BYTES).join(', ')}.`,
  });
}

/** Tensors follow each other without overlap or gap, and fill the file. */
function checkLayout(entries: TensorEntry[], dataBytes: number, path: string): void {
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (end > dataBytes) throw damaged(path, `it ends ${end - dataBytes} bytes after the end of the file`, name);
    if (begin < position) throw damaged(path, 'it overlaps the tensor before it', name);
    if (begin > position) throw damaged(path, `${begin - position} bytes before it belong to no tensor`, name);
    position = end;
  }
  if (position < dataBytes) throw damaged(path, `its last ${dataBytes - position} bytes belong to no tensor`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether these are sizes or positions that a double holds exactly. */
function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The length and the JSON of a header for tensors in this order, padded so that the data begin at a multiple of 8. */
export function encodeHeader(
  tensors: Iterable<[string, { shape: number[] }]>,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  let position = 0;
  const entries = Array.from(tensors, ([name, { shape }]): [string, object] => {
    const begin = position;
    position += elementCount(shape) * ELEMENT_BYTES.F32;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, position] }];
  });
  if (Object.keys(metadata).length > 0) entries.unshift([METADATA, metadata]);
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const bytes = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  bytes.writeBigUInt64LE(BigInt(bytes.length - 8), 0);
  json.copy(bytes, 8);
  return bytes;
}
