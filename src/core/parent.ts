/** A process that was started with a pipe on stdin notices through it that its parent is gone. */
import type { Readable } from 'node:stream';

/** Calls `onGone` once the pipe ends, which happens however the parent died. Returns a function that stops watching. */
export function watchParent(onGone: () => void, stdin: Readable = process.stdin): () => void {
  stdin.on('end', onGone);
  stdin.on('error', onGone);
  stdin.resume();
  return () => {
    stdin.off('end', onGone);
    stdin.off('error', onGone);
    stdin.pause();
  };
}
