/** Where weights are written: nothing is replaced unasked, and what is there is whole. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { replaceDurably, syncDirectory, withDraft } from '../core/durable-file.js';
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

/** Writes a file, whole or not at all. Returns what `write` does with the name that it is given. */
export async function publishFile<T>(out: string, write: (draft: string) => Promise<T>): Promise<T> {
  return writing(out, async () => {
    await mkdir(dirname(resolve(out)), { recursive: true });
    return replaceDurably(out, write);
  });
}

/**
 * Writes a folder by way of a draft beside it. Files of a folder that is there are replaced one by one, others in it stay.
 */
export async function publishFolder(out: string, write: (draft: string) => Promise<void>): Promise<void> {
  const fill = async (draft: string): Promise<void> => {
    await mkdir(draft, { recursive: true });
    await write(draft);
    await syncDirectory(draft);
    if (existsSync(out)) for (const name of readdirSync(draft)) await rename(join(draft, name), join(out, name));
    else await rename(draft, out);
    await syncDirectory(dirname(resolve(out)));
  };
  await writing(out, () => withDraft(out, fill));
}

async function writing<T>(out: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof MlipError) throw cause;
    throw new MlipError('MLIP_E_WEIGHTS_OUT', `cannot be written: ${messageOf(cause)}`, {
      where: out,
      remedy: 'Check permissions and free space.',
      cause,
    });
  }
}
