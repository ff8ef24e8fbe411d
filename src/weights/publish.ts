/** Files that are whole or absent: written under another name, then renamed. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { syncDirectory } from '../core/durable-file.js';
import { messageOf, MlipError } from '../core/errors.js';

/** @throws MLIP_E_WEIGHTS_OUT where `out` is a folder with something in it, or a file, that must not be replaced. */
export function requireFree(out: string, force: boolean): void {
  if (force || !existsSync(out)) return;
  if (statSync(out).isDirectory() && readdirSync(out).length === 0) return;
  throw new MlipError('MLIP_E_WEIGHTS_OUT', 'there is something already', {
    where: out,
    remedy: 'Give another name, or --force to replace the files that would be written.',
  });
}

/** Writes a file by way of a draft beside it. Returns what `write` does. */
export async function publishFile<T>(out: string, write: (draft: string) => Promise<T>): Promise<T> {
  return withDraft(out, async (draft) => {
    await mkdir(dirname(draft), { recursive: true });
    const result = await write(draft);
    await rename(draft, out);
    await syncDirectory(dirname(out));
    return result;
  });
}

/**
 * Writes a folder by way of a draft beside it. Files of a folder that is there are replaced one by one, others in it stay.
 */
export async function publishFolder(out: string, write: (draft: string) => Promise<void>): Promise<void> {
  await withDraft(out, async (draft) => {
    await mkdir(draft, { recursive: true });
    await write(draft);
    await syncDirectory(draft);
    if (existsSync(out)) for (const name of readdirSync(draft)) await rename(join(draft, name), join(out, name));
    else await rename(draft, out);
    await syncDirectory(dirname(resolve(out)));
  });
}

async function withDraft<T>(out: string, write: (draft: string) => Promise<T>): Promise<T> {
  const draft = join(dirname(resolve(out)), `.draft-${basename(out)}-${randomBytes(4).toString('hex')}`);
  try {
    return await write(draft);
  } catch (cause) {
    if (cause instanceof MlipError) throw cause;
    throw new MlipError('MLIP_E_WEIGHTS_OUT', `cannot be written: ${messageOf(cause)}`, {
      where: out,
      remedy: 'Check permissions and free space.',
      cause,
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
