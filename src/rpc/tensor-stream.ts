/** Between tensors in memory and the messages of a gather. */
import { CHUNK_BYTES } from './protocol.js';
import type { GatherHeader, GatherMessage, GatherMessageSeen } from './service.js';
import { byteLength, checkTensors, malformed, tensorLengths } from './tensor-lengths.js';

/** A rank's rows of one tensor: [rows, width], float32, row-major. */
export interface GatherTensor {
  name: string;
  rows: number;
  width: number;
  data: Float32Array;
}

/** Where a contribution belongs. */
export interface GatherPlace {
  rank: number;
  generation: number;
  step: number;
}

/** Who sends it: the worker's number, and the secret of its session. */
export interface SessionClaim {
  worker: number;
  secret: Uint8Array;
}

/** The messages of a contribution, or without a claim of an answer: a header, then pieces of `CHUNK_BYTES`. Throws MLIP_E_RPC_TENSOR. */
export function* tensorMessages(
  place: GatherPlace & Partial<SessionClaim>,
  tensors: readonly GatherTensor[],
): Generator<GatherMessage> {
  const headers = tensors.map(({ name, rows, width }) => ({ name, rows, rowBytes: width * 4 }));
  checkTensors(headers);
  tensors.forEach(checkLength);
  yield { header: { ...place, tensors: headers } };
  for (const [index, { data }] of tensors.entries()) {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
      yield { chunk: { tensor: index, data: bytes.subarray(start, start + CHUNK_BYTES) } };
    }
  }
}

function checkLength({ name, rows, width, data }: GatherTensor): void {
  if (data.length === rows * width) return;
  throw malformed(`tensor "${name}" of ${rows} x ${width} has ${data.length} elements`);
}

export interface TensorAssembler {
  add(message: GatherMessageSeen): void;
  /** By name, [rows, width]. Throws MLIP_E_RPC_TENSOR unless all has come. */
  finish(): Map<string, Float32Array>;
}

/** Puts a gather's answer together. `expectedRows` is the size of the global batch: memory is taken for no more. */
export function tensorAssembler(expectedRows: number): TensorAssembler {
  let parts: Assembly | null = null;
  return {
    add({ header, chunk }) {
      if (header !== null && parts === null) parts = beginAssembly(header, expectedRows);
      else if (chunk !== null && parts !== null) place(parts, chunk.tensor, chunk.data);
      else throw malformed('a gather is one header, then pieces');
    },
    finish() {
      if (parts === null) throw malformed('a gather ended before its header');
      parts.lengths.finish();
      const { header, outputs } = parts;
      return new Map(header.tensors.map(({ name }, index) => [name, outputs[index]]));
    },
  };
}

interface Assembly {
  header: GatherHeader;
  lengths: ReturnType<typeof tensorLengths>;
  outputs: Float32Array[];
}

function beginAssembly(header: GatherHeader, expectedRows: number): Assembly {
  checkTensors(header.tensors);
  const wrong = header.tensors.find((tensor) => tensor.rows !== expectedRows || tensor.rowBytes % 4 !== 0);
  if (wrong !== undefined) throw malformed(`tensor "${wrong.name}" has ${wrong.rows} rows, not ${expectedRows}`);
  const outputs = header.tensors.map((tensor) => new Float32Array(byteLength(tensor) / 4));
  return { header, lengths: tensorLengths(header.tensors), outputs };
}

function place({ lengths, outputs }: Assembly, tensor: number, data: Uint8Array): void {
  const start = lengths.add(tensor, data.byteLength);
  new Uint8Array(outputs[tensor].buffer).set(data, start);
}
