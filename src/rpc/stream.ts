/** Writing to a gRPC stream no faster than the other end reads. */
import type { Writable } from 'node:stream';

/** Of a client's or a server's call: object mode, may be cancelled from the other end. */
export type MessageStream = Pick<Writable, 'on' | 'off' | 'write' | 'destroyed' | 'writableEnded'>;

const WAKING = ['drain', 'close', 'error', 'cancelled', 'finish'] as const;

/** Writes all messages, waiting whenever the stream's buffer is full. Resolves false if the stream went away before. */
export async function writeAll(stream: MessageStream, messages: Iterable<unknown>): Promise<boolean> {
  for (const message of messages) {
    if (stream.destroyed || stream.writableEnded) return false;
    if (!stream.write(message)) await writable(stream);
  }
  return !stream.destroyed;
}

function writable(stream: MessageStream): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      for (const event of WAKING) stream.off(event, wake);
      resolve();
    };
    for (const event of WAKING) stream.on(event, wake);
  });
}
