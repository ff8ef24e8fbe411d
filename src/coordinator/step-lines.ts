/**
 * Files of JSON lines whose steps only grow, looked at from their end: that of a long run is larger than a string can be, and
 * whoever takes a run over must not stand still for it.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync, truncateSync } from 'node:fs';

const PIECE_BYTES = 1 << 20;
const LINE_FEED = 0x0a;

interface WholeLine {
  text: string;
  /** Bytes of the file up to its end. */
  end: number;
}

/** Takes out the lines after that step, and what a crash cut short. */
export function cutAfter(path: string, step: number, pieceBytes = PIECE_BYTES): void {
  if (!existsSync(path)) return;
  const end = lastWhere(path, (line) => stepOf(line) <= step, pieceBytes)?.end ?? 0;
  truncateSync(path, end);
}

/** The newest whole line of a step; undefined where there is none. */
export function lastStepLine(path: string): string | undefined {
  return existsSync(path) ? lastWhere(path, (line) => Number.isFinite(stepOf(line)), PIECE_BYTES)?.text : undefined;
}

function lastWhere(path: string, wanted: (line: string) => boolean, pieceBytes: number): WholeLine | undefined {
  const file = openSync(path, 'r');
  try {
    for (const line of linesFromEnd(file, pieceBytes)) if (wanted(line.text)) return line;
    return undefined;
  } finally {
    closeSync(file);
  }
}

function* linesFromEnd(file: number, pieceBytes: number): Generator<WholeLine> {
  let bytes = Buffer.alloc(0);
  for (let start = fstatSync(file).size; start > 0 || bytes.length > 0;) {
    const begin = bytes.subarray(0, -1).lastIndexOf(LINE_FEED) + 1;
    if (begin === 0 && start > 0) {
      const piece = Buffer.alloc(Math.min(pieceBytes, start));
      start -= piece.length;
      readSync(file, piece, 0, piece.length, start);
      bytes = Buffer.concat([piece, bytes]);
      continue;
    }
    if (bytes.at(-1) === LINE_FEED) yield { text: bytes.subarray(begin, -1).toString(), end: start + bytes.length };
    bytes = bytes.subarray(0, begin);
  }
}

/** Infinite for a line that is none of a step. */
function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Infinity;
  }
}
