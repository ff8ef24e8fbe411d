/** Follows a file that others append lines of ASCII to. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const POLL_MS = 1;
const CHUNK_BYTES = 65_536;

/** Calls `onLine` for each whole line soon after it was written; the answer ends that. The file may come later. */
export function followLines(path: string, onLine: (line: string) => void): () => void {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let file: number | undefined;
  let rest = '';
  const read = (): void => {
    if (file === undefined && existsSync(path)) file = openSync(path, 'r');
    while (file !== undefined) {
      const size = readSync(file, chunk, 0, chunk.length, null);
      if (size === 0) return;
      const lines = (rest + chunk.toString('latin1', 0, size)).split('\n');
      rest = lines.pop()!;
      lines.forEach(onLine);
    }
  };
  const timer = setInterval(read, POLL_MS);
  return () => {
    clearInterval(timer);
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
}
