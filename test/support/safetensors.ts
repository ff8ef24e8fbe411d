/** Reads a small safetensors file whole, integers included, which mlip's own checkpoints do not have. */
import { readFileSync } from 'node:fs';
import type { Host, HostRecord } from './backends.js';

interface Entry {
  dtype: 'F32' | 'I32';
  shape: number[];
  data_offsets: [number, number];
}

export function readTensors(path: string): HostRecord {
  const file = readFileSync(path);
  const headerEnd = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, headerEnd)) as Record<string, Entry>;
  delete header['__metadata__'];
  const tensor = ({ dtype, shape, data_offsets: [start, end] }: Entry): Host => {
    const { buffer } = new Uint8Array(file.subarray(headerEnd + start, headerEnd + end));
    return dtype === 'F32'
      ? { shape, data: new Float32Array(buffer), dtype: 'float32' }
      : { shape, data: new Int32Array(buffer), dtype: 'int32' };
  };
  return Object.fromEntries(Object.entries(header).map(([name, entry]) => [name, tensor(entry)]));
}
