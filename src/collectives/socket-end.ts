/** How the connections of a ring end. */
import type { Socket } from 'node:net';

/** A peer that does not answer a last word by then is not waited for. */
const LINGER_MS = 1000;

/** Closes once what was written has left. */
export function hangUp(socket: Socket): Promise<void> {
  socket.destroySoon();
  return closing(socket);
}

/**
 * Sends a last word, after what is on its way, and closes when the peer does. To close before it would reset the
 * connection if the peer is sending, and a reset overtakes the word. Resolves when nothing is left to send.
 */
export function sendLastWord(socket: Socket, word: Buffer): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  const flushed = new Promise<void>((resolve) => socket.once('finish', resolve));
  if (socket.writable) socket.end(word);
  return Promise.race([flushed, closing(socket)]);
}

/** Resolves once the socket is closed. */
export function closing(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()));
}
