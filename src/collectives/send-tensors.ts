/** The source of a copy: streams tensors to ranks that connect for them, each tensor followed by its hash. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { digestToken, encodeFrame } from './frame.js';
import type { PeerListener } from './listener.js';
import { bytesOf, listingOf, newHash, PIECE_ELEMENTS, type TensorShape } from './tensor-copy.js';

export interface OfferedTensor extends TensorShape {
  /** A copy of its numbers, made when it is its turn; throws where they are gone. */
  read(): Float32Array;
}

/** Tensors as they are after `step` steps. */
export interface OfferedTensors {
  step: number;
  tensors: readonly OfferedTensor[];
}

export interface OfferOptions {
  listener: PeerListener;
  /** Known to the ranks of this run only. */
  token: string;
  /** Ranks of this generation may copy. */
  generation: number;
  offered: OfferedTensors;
  /** A rank has all, or has gone; `error` says why. */
  onEnd: (rank: number, bytes: number, error: Error | undefined) => void;
}

/** Lets peers copy tensors, several at a time. The function that is returned withdraws the offer and ends copies under way. */
export function offerTensors({ listener, token, generation, offered, onEnd }: OfferOptions): () => void {
  const sockets = new Set<Socket>();
  const serve = (socket: Socket, rank: number): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    sendTensors(socket, offered).then(
      (bytes) => onEnd(rank, bytes, undefined),
      (error: Error) => onEnd(rank, socket.bytesWritten, error),
    );
  };
  listener.offer({ token: digestToken(token), generation, serve });
  return () => {
    listener.offer(undefined);
    for (const socket of sockets) socket.destroy();
  };
}

/** So much may wait in the socket before the next piece. */
const AHEAD_BYTES = 4 * 2 ** 20;

/** Resolves to the bytes that were sent, once all have left. Rejects if the connection breaks or a tensor is gone. */
async function sendTensors(socket: Socket, { step, tensors }: OfferedTensors): Promise<number> {
  const broken = breakOf(socket);
  try {
    const listing = listingOf(tensors);
    write(socket, encodeFrame({ kind: 'listing', step, bytes: listing.length }), listing);
    for (const [index, tensor] of tensors.entries()) {
      await Promise.race([broken, sendTensor(socket, index, tensor.read())]);
    }
    socket.end();
    await Promise.race([broken, once(socket, 'finish')]);
    return socket.bytesWritten;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Resolves when there is room for the next one. */
async function sendTensor(socket: Socket, index: number, numbers: Float32Array): Promise<void> {
  const hash = newHash();
  for (let start = 0; start < numbers.length; start += PIECE_ELEMENTS) {
    const piece = numbers.subarray(start, start + PIECE_ELEMENTS);
    hash.update(bytesOf(piece));
    write(socket, encodeFrame({ kind: 'tensor', index, count: piece.length }), bytesOf(piece));
    while (socket.writableLength > AHEAD_BYTES) await once(socket, 'drain');
  }
  write(socket, encodeFrame({ kind: 'digest', index }), hash.digest());
}

/** In one packet where they are small. */
function write(socket: Socket, ...pieces: Uint8Array[]): void {
  socket.cork();
  for (const piece of pieces) socket.write(piece);
  socket.uncork();
}

/** Never resolves; rejects when the connection is closed. */
function breakOf(socket: Socket): Promise<never> {
  let cause: Error | undefined;
  const broken = new Promise<never>((_, reject) => {
    socket.on('error', (error) => (cause = error));
    socket.on('close', () => reject(cause ?? new Error('the other end closed the connection')));
  });
  broken.catch(() => undefined);
  // Nothing comes, but only who reads notices that the other end is gone.
  socket.resume();
  return broken;
}
