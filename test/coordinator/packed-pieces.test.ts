// How the pieces of all ranks are put together to the answer of a gather.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Piece, packPieces } from '../../src/coordinator/packed-pieces.js';
import { CHUNK_BYTES } from '../../src/rpc/protocol.js';
import { gatherCodec } from '../../src/rpc/service.js';

function piece(tensor: number, bytes: number, value: number): Piece {
  const data = Buffer.alloc(bytes, value);
  return { tensor, data, message: gatherCodec.encode({ chunk: { tensor, data } }) };
}

/** The bytes of each tensor in the order in which they come, and the sizes of the messages. */
function read(messages: readonly Buffer[]) {
  const chunks = messages.map((message) => gatherCodec.decode(message).chunk!);
  const tensors = [0, 1, 2].map((tensor) =>
    Buffer.concat(chunks.filter((c) => c.tensor === tensor).map((c) => c.data)),
  );
  return { tensors, sizes: chunks.map(({ data }) => data.byteLength) };
}

describe('the pieces of an answer', () => {
  it('keep the bytes of each tensor in order, in as few messages as they fit into', () => {
    const sizes = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: CHUNK_BYTES }));
    const some = fc.array(fc.tuple(fc.nat(2), sizes), { maxLength: 12 });
    fc.assert(
      fc.property(some, (given) => {
        const pieces = given.map(([tensor, bytes], index) => piece(tensor, bytes, index));
        const packed = read(packPieces(pieces));
        const { tensors } = read(pieces.map(({ message }) => message));
        expect(packed.tensors.map((bytes, tensor) => bytes.equals(tensors[tensor]))).toEqual([true, true, true]);
        expect(Math.max(0, ...packed.sizes)).toBeLessThanOrEqual(CHUNK_BYTES);
        const total = packed.sizes.reduce((sum, size) => sum + size, 0);
        // Any two that follow each other, of one tensor, don't fit into one.
        expect(packed.sizes.length).toBeLessThanOrEqual(3 + 2 * Math.ceil(total / CHUNK_BYTES));
      }),
      { numRuns: 100 },
    );
  });

  it('of a thousand ranks are a few messages', () => {
    const pieces = Array.from({ length: 1000 }, (_, rank) => [piece(0, 128, rank), piece(1, 128, rank)]).flat();
    expect(packPieces(pieces)).toHaveLength(2);
  });

  it('that are large are passed on as they came, not copied', () => {
    const pieces = [piece(0, CHUNK_BYTES, 1), piece(0, CHUNK_BYTES, 2), piece(1, CHUNK_BYTES + 1, 3)];
    packPieces(pieces).forEach((message, index) => expect(message).toBe(pieces[index].message));
  });
});
