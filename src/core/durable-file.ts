/** Files that survive a crash once they are written, and what proves later that they are still the same. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

export interface FileDigest {
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/** Hashed, written and read at a time: other things get their turn on the event loop in between. */
const PIECE_BYTES = 1 << 20;

/** Bytes in their order; what is asked for next is made when it is asked for. */
export type ByteParts = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Writes a new file and waits until it is on disk. */
export async function writeDurably(path: string, parts: ByteParts): Promise<FileDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for await (const piece of pieces(parts)) {
      hash.update(piece);
      await writeFully(file, piece);
      bytes += piece.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function* pieces(parts: ByteParts): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    for (let start = 0; start < part.length; start += PIECE_BYTES) yield part.subarray(start, start + PIECE_BYTES);
  }
}

async function writeFully(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let written = 0; written < piece.length;) {
    written += (await file.write(piece, written)).bytesWritten;
  }
}

/**
 * A file that is whole or absent, and as it was before where writing fails: `write` makes it under another name beside it,
 * which it then gives up for its own. Returns what `write` does.
 */
export async function replaceDurably<T>(path: string, write: (draft: string) => Promise<T>): Promise<T> {
  return withDraft(path, async (draft) => {
    const result = await write(draft);
    await rename(draft, path);
    await syncDirectory(dirname(resolve(path)));
    return result;
  });
}

/** A name beside `path` that nothing has; whatever is left under it afterwards is removed. */
export async function withDraft<T>(path: string, write: (draft: string) => Promise<T>): Promise<T> {
  const draft = draftBeside(path);
  try {
    return await write(draft);
  } finally {
    // Why writing failed is worth more than why its remains cannot be removed.
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The same for those who wait for nothing. */
export function withDraftSync<T>(path: string, write: (draft: string) => T): T {
  const draft = draftBeside(path);
  try {
    return write(draft);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A name in the directory of `path` that nothing has. A process's number would not do: those of two pods may be the same. */
function draftBeside(path: string): string {
  return join(dirname(resolve(path)), `.draft-${basename(path)}-${randomBytes(4).toString('hex')}`);
}

/**
 * Makes a directory, and what is missing above it, such that it survives a crash: also one that a process has made that
 * ended before it was on disk.
 */
export async function makeDurably(path: string): Promise<void> {
  const highest = resolve((await mkdir(path, { recursive: true })) ?? path);
  for (let made = resolve(path); ; made = dirname(made)) {
    await syncDirectory(dirname(made));
    if (made === highest) return;
  }
}

/** Makes new names in a directory survive a crash. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export function digestFile(path: string): Promise<FileDigest> {
  return digestOf(readPieces(path));
}

export async function digestOf(parts: ByteParts): Promise<FileDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of pieces(parts)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The contents of a file, a piece at a time. */
export function readPieces(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Uint8Array>;
}

/** Fills `target` from `position` on; false if the file ends before. */
export async function readFully(file: FileHandle, target: Uint8Array, position: number): Promise<boolean> {
  for (let filled = 0; filled < target.length;) {
    const length = Math.min(target.length - filled, PIECE_BYTES);
    const { bytesRead } = await file.read(target, filled, length, position + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
}
