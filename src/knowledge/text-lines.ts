/** Reads the lines of text files of any size, a piece at a time: the files of UMLS have millions. */
import { createReadStream } from 'node:fs';

const PIECE_BYTES = 1 << 18;

export interface LineReading {
  /** Called with each line, without its end, and its number from 1. */
  onLine: (text: string, line: number) => void;
  /** Called with each piece of the file before its lines. */
  onPiece?: (piece: Buffer) => void;
}

/**
 * A byte order mark is left out, and a carriage return before the end of a line.
 *
 * @throws what the file system reports; TypeError where the text is not UTF-8
 */
export async function readLines(path: string, { onLine, onPiece }: LineReading): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let line = 0;
  const emit = (text: string): void => onLine(text.endsWith('\r') ? text.slice(0, -1) : text, ++line);
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
    onPiece?.(piece as Buffer);
    const lines = (rest + decoder.decode(piece as Buffer, { stream: true })).split('\n');
    rest = lines.pop()!;
    lines.forEach(emit);
  }
  rest += decoder.decode();
  if (rest !== '') emit(rest);
}
