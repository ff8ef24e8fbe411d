/** Checks that a stream of tensor pieces has exactly the bytes that its header announces. Used at both ends. */
import { MlipError } from '../core/errors.js';
import { MAX_GATHER_TENSORS, MAX_ROW_BYTES } from './protocol.js';
import type { TensorHeader } from './service.js';

export interface TensorLengths {
  /** Counts a piece; returns its position in bytes within its tensor. */
  add(tensor: number, bytes: number): number;
  /** Throws unless every tensor is complete. */
  finish(): void;
}

export function tensorLengths(tensors: readonly TensorHeader[]): TensorLengths {
  const received = tensors.map(() => 0);
  return {
    add(tensor, bytes) {
      if (tensor >= received.length) throw malformed(`there is no tensor number ${tensor}`);
      const start = received[tensor];
      received[tensor] += bytes;
      if (received[tensor] > byteLength(tensors[tensor])) {
        throw malformed(`tensor "${tensors[tensor].name}" is longer than announced`);
      }
      return start;
    },
    finish() {
      const short = tensors.findIndex((tensor, index) => received[index] !== byteLength(tensor));
      if (short === -1) return;
      const { name } = tensors[short];
      throw malformed(`tensor "${name}" ended after ${received[short]} of ${byteLength(tensors[short])} bytes`);
    },
  };
}

export function byteLength(tensor: TensorHeader): number {
  return tensor.rows * tensor.rowBytes;
}

/** Bounds on what a header may announce; the number of rows is the caller's to check. */
export function checkTensors(tensors: readonly TensorHeader[]): void {
  if (tensors.length === 0 || tensors.length > MAX_GATHER_TENSORS) {
    throw malformed(`a gather has 1 to ${MAX_GATHER_TENSORS} tensors, not ${tensors.length}`);
  }
  for (const { name, rowBytes } of tensors) {
    if (rowBytes === 0 || rowBytes > MAX_ROW_BYTES) {
      throw malformed(`a row of tensor "${name}" has 1 to ${MAX_ROW_BYTES} bytes, not ${rowBytes}`);
    }
  }
  const repeated = tensors.find(({ name }, index) => tensors.findIndex((other) => other.name === name) !== index);
  if (repeated !== undefined) throw malformed(`two tensors are called "${repeated.name}"`);
}

export function malformed(message: string): MlipError {
  return new MlipError('MLIP_E_RPC_TENSOR', message);
}
