/** Small files with a description and a value, whole or absent, that prove they are as they were written. */
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory, writeDurably } from '../../core/durable-file.js';
import { MlipError } from '../../core/errors.js';
import { errnoOf } from './failures.js';

/** What a file holds: a hash of all that follows, a space, the description as JSON on the same line, the bytes of the value. */
export interface CheckedFile<M> {
  readonly meta: M;
  readonly value: Uint8Array;
}

const HASH_LENGTH = 64;

/**
 * Makes a file that is on disk before it has its name; false if something has that name. Linking decides between processes,
 * and between machines that share the directory.
 */
export async function createChecked<M>(
  path: string,
  drafts: string,
  { meta, value }: CheckedFile<M>,
): Promise<boolean> {
  const body = [Buffer.from(` ${JSON.stringify(meta)}\n`), value];
  const draft = join(drafts, randomBytes(8).toString('hex'));
  try {
    await writeDurably(draft, [Buffer.from(hashOf(body)), ...body]);
    if (!(await linkExclusively(draft, path))) return false;
    await syncDirectory(dirname(path));
    return true;
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Null if there is no such file. */
export async function readChecked<M>(path: string): Promise<CheckedFile<M> | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  return bytes && parse<M>(path, bytes);
}

/** Makes a directory and those above it, so that they survive a crash. */
export async function ensureDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

/** Whether the name is ours. A server of files may say that it exists because our first request made it and its answer was lost. */
export async function linkExclusively(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    return (await stat(draft)).nlink > 1;
  }
}

function parse<M>(path: string, bytes: Buffer): CheckedFile<M> {
  const end = bytes.indexOf('\n');
  const body = bytes.subarray(HASH_LENGTH);
  if (end < HASH_LENGTH || hashOf([body]) !== bytes.toString('latin1', 0, HASH_LENGTH)) throw corrupt(path);
  return { meta: JSON.parse(bytes.toString('utf8', HASH_LENGTH, end)) as M, value: bytes.subarray(end + 1) };
}

function hashOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function corrupt(path: string): MlipError {
  return new MlipError('MLIP_E_STORE_CORRUPT', 'a file of the store is damaged', {
    where: path,
    remedy: 'Check the disk; restore the file from a backup, or delete it if what it held can be lost.',
  });
}
