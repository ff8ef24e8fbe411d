/** What both ends of a copy of tensors agree on: which tensors in which order, in which pieces, and a hash of each. */
import { createHash, type Hash } from 'node:crypto';

export interface TensorShape {
  name: string;
  shape: readonly number[];
}

/**
 * Numbers of a piece at most: 1 MiB, which is hashed while it is in the cache, and for which nobody else waits long. (Hashing in
 * Node's thread pool takes a copy of everything, which costs this thread as much.)
 */
export const PIECE_ELEMENTS = 2 ** 18;

/** The text that a listing frame announces, a line for each tensor: both ends must have the same. */
export function listingOf(tensors: readonly TensorShape[]): Buffer {
  return Buffer.from(tensors.map(({ name, shape }) => `${name} ${shape.join('x')}\n`).join(''));
}

/** Of a tensor's bytes, piece by piece. */
export function newHash(): Hash {
  return createHash('sha256');
}

/** The bytes of float32 numbers, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
