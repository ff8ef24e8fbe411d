/** Whole lines of a file that grows, from a place on. The place survives this process: whoever has it reads on there. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32c } from '../metrics/crc32c.js';

/**
 * Where reading goes on. `mark` tells the bytes before it: where a file was replaced, or cut and written on, as after a run went
 * back to a checkpoint, they are others.
 */
export interface FilePlace {
  mark: number;
  offset: number;
}

export interface NewLines {
  lines: string[];
  /** Null while there is no file. */
  place: FilePlace | null;
  /** The file is another one than before, or shorter: what was read of it no longer counts, and nothing is read of it yet. */
  replaced: boolean;
  /** Bytes that follow; lines that are still being written are among them. */
  left: number;
}

/** So many bytes before a place make its mark. */
const MARKED_BYTES = 128;

/** Of one reading. */
const MOST_BYTES = 1 << 20;

/** @param place null reads from the beginning */
export async function readNewLines(
  path: string,
  place: FilePlace | null,
  mostBytes: number = MOST_BYTES,
): Promise<NewLines> {
  const file = await openIfThere(path);
  if (file === null) return { lines: [], place: null, replaced: place !== null, left: 0 };
  try {
    const { size } = await file.stat();
    const offset = place?.offset ?? 0;
    if (place !== null && (size < offset || (await markAt(file, offset)) !== place.mark)) {
      return { lines: [], place: { mark: 0, offset: 0 }, replaced: true, left: size };
    }
    const { text, end } = await readText(file, { offset, length: size - offset, most: mostBytes });
    return { lines: linesOf(text), place: await placeAt(file, end), replaced: false, left: size - end };
  } finally {
    await file.close();
  }
}

/** The last whole lines of a file, of so many bytes, and the place behind them; `skipped`: there are others before them. */
export async function readLastLines(
  path: string,
  mostBytes: number = MOST_BYTES,
): Promise<Pick<NewLines, 'lines' | 'place'> & { skipped: boolean }> {
  const file = await openIfThere(path);
  if (file === null) return { lines: [], place: null, skipped: false };
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - mostBytes);
    const { text, end } = await readText(file, { offset: start, length: size - start, most: mostBytes });
    // The first line may have begun before.
    const whole = start === 0 ? text : text.slice(text.indexOf('\n') + 1);
    return { lines: linesOf(whole), place: await placeAt(file, end), skipped: start > 0 };
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    // A pipe that nobody writes to would hold a thread for ever.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

async function placeAt(file: FileHandle, offset: number): Promise<FilePlace> {
  return { mark: await markAt(file, offset), offset };
}

/** 0 at the beginning. */
async function markAt(file: FileHandle, offset: number): Promise<number> {
  const buffer = Buffer.alloc(Math.min(MARKED_BYTES, offset));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset - buffer.length);
  return crc32c(buffer.subarray(0, bytesRead));
}

/** Up to the last end of line. A line that is longer than all that is read is passed over, or reading would stand still. */
async function readText(
  file: FileHandle,
  { offset, length, most }: { offset: number; length: number; most: number },
): Promise<{ text: string; end: number }> {
  const buffer = Buffer.alloc(Math.min(length, most));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
  const bytes = buffer.subarray(0, bytesRead);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole === 0 && bytesRead === most) return { text: '', end: offset + bytesRead };
  return { text: bytes.toString('utf8', 0, whole), end: offset + whole };
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
