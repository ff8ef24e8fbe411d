/**
 * Reads and writes safetensors files: our checkpoints, and weights from elsewhere. Everything is float32 in memory; what
 * is written is float32, what is read may be of any type in safetensors-header.ts.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { messageOf, MlipError } from '../core/errors.js';
import { elementCount, type HostTensor, type HostTensors } from '../core/host-tensor.js';
import { readFully, writeDurably, type FileDigest } from '../core/durable-file.js';
import { toFloat32 } from './float-conversion.js';
import {
  damaged,
  encodeHeader,
  MAX_HEADER_BYTES,
  parseHeader,
  type SafetensorsHeader,
  type TensorEntry,
} from './header.js';

/** Writes a new file, in the order of `tensors`, and waits until it is on disk. */
export function writeSafetensors(
  path: string,
  tensors: HostTensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<FileDigest> {
  for (const [name, { shape, data }] of tensors) {
    if (data.length === elementCount(shape)) continue;
    throw new MlipError('MLIP_E_INTERNAL', `tensor ${name} [${shape.join(', ')}] has ${data.length} elements`);
  }
  return writeDurably(path, fileParts(tensors, metadata));
}

function* fileParts(tensors: HostTensors, metadata: Readonly<Record<string, string>>): Generator<Uint8Array> {
  yield encodeHeader(tensors, metadata);
  for (const { data } of tensors.values()) yield bytesOf(data);
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * The tensors of a file, in the order of its bytes; with `wanted`, only those. Integers above 2^24 and doubles are
 * rounded to float32. Throws MLIP_E_TENSORS_FORMAT or MLIP_E_TENSORS_TYPE, naming file and tensor.
 */
export function readSafetensors(path: string, wanted?: (name: string) => boolean): Promise<HostTensors> {
  return withFile(path, async (file) => {
    const { header, dataStart } = await readHeader(file, path);
    const tensors: HostTensors = new Map();
    for (const entry of header.entries) {
      if (wanted?.(entry.name) ?? true) tensors.set(entry.name, await readTensor(file, entry, dataStart, path));
    }
    return tensors;
  });
}

/** Names, types and shapes, without reading numbers. */
export function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  return withFile(path, async (file) => (await readHeader(file, path)).header);
}

async function withFile<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await read(file);
  } catch (cause) {
    if (cause instanceof MlipError) throw cause;
    const remedy = 'Check the path and its permissions.';
    throw new MlipError('MLIP_E_TENSORS_FORMAT', `cannot be read: ${messageOf(cause)}`, { where: path, remedy, cause });
  } finally {
    await file?.close();
  }
}

async function readHeader(file: FileHandle, path: string): Promise<{ header: SafetensorsHeader; dataStart: number }> {
  const { size } = await file.stat();
  const prefix = Buffer.alloc(8);
  if (!(await readFully(file, prefix, 0))) throw damaged(path, `it has only ${size} bytes`);
  const length = prefix.readBigUInt64LE();
  if (length > BigInt(MAX_HEADER_BYTES)) throw damaged(path, `its header claims ${length} bytes`);
  const text = Buffer.alloc(Math.min(Number(length), size - 8));
  if (text.length < length) throw damaged(path, `its header claims ${length} bytes, the file has ${size}`);
  await readFully(file, text, 8);
  const dataStart = 8 + text.length;
  return { header: parseHeader(decodeText(text, path), size - dataStart, path), dataStart };
}

function decodeText(text: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    throw damaged(path, 'its header is not UTF-8');
  }
}

async function readTensor(file: FileHandle, entry: TensorEntry, dataStart: number, path: string): Promise<HostTensor> {
  const { name, type, shape, begin, end } = entry;
  const bytes = new Uint8Array(end - begin);
  if (!(await readFully(file, bytes, dataStart + begin))) throw damaged(path, 'the file ends within it', name);
  return { shape, data: type === 'F32' ? new Float32Array(bytes.buffer) : toFloat32(type, bytes) };
}
