/**
 * The pieces of all ranks as the messages of an answer: small ones of a tensor travel together. Every rank gets the pieces of
 * every rank, so with a thousand ranks one message for each piece would be a million of them.
 */
import { groupBy } from '../core/group-by.js';
import { CHUNK_BYTES } from '../rpc/protocol.js';
import { gatherCodec } from '../rpc/service.js';

export interface Piece {
  /** Position among the tensors of the gather. */
  tensor: number;
  data: Uint8Array;
  /** The message in which it came. */
  message: Buffer;
}

/** Tensor after tensor, the pieces of each in their order; at most `CHUNK_BYTES` in a message unless a piece has more. */
export function packPieces(pieces: readonly Piece[]): Buffer[] {
  const byTensor = groupBy(pieces, ({ tensor }) => tensor);
  return [...byTensor.values()].flatMap((ofOne) => runs(ofOne).map(messageOf));
}

function runs(pieces: readonly Piece[]): Piece[][] {
  const all: Piece[][] = [];
  let room = -1;
  for (const piece of pieces) {
    const size = piece.data.byteLength;
    const fits = size <= room;
    if (fits) all.at(-1)!.push(piece);
    else all.push([piece]);
    room = (fits ? room : CHUNK_BYTES) - size;
  }
  return all;
}

/** A piece that travels alone does so in the message in which it came. */
function messageOf(run: readonly Piece[]): Buffer {
  const [{ tensor, message }] = run;
  if (run.length === 1) return message;
  return gatherCodec.encode({ chunk: { tensor, data: Buffer.concat(run.map(({ data }) => data)) } });
}
