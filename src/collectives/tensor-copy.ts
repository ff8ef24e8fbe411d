/** What both ends of a copy of tensors agree on: which tensors in which order, and a hash of each. */
import { webcrypto } from 'node:crypto';

export interface TensorShape {
  name: string;
  shape: readonly number[];
}

/** The text that a listing frame announces, a line for each tensor: both ends must have the same. */
export function listingOf(tensors: readonly TensorShape[]): Buffer {
  return Buffer.from(tensors.map(({ name, shape }) => `${name} ${shape.join('x')}\n`).join(''));
}

/** SHA-256, off the event loop. */
export async function digestOf(bytes: Uint8Array): Promise<Buffer> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes));
}

/** The bytes of float32 numbers, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
