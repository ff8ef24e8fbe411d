/**
 * The directory of a synthetic corpus: whether it is free, ours but interrupted, or complete. OUT/corpus.json, written first,
 * says what it is meant to hold; the manifest, written last, that it is whole.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MlipError } from '../../core/errors.js';

/** What decides each byte of a corpus. */
export interface Identity {
  generator: 'mlip data synth';
  version: number;
  pairs: number;
  seed: number;
  size: number;
  validPairs: number;
  /** There where it is true. */
  hard?: boolean;
}

export const MANIFEST_FILE = 'manifest.jsonl';
const IDENTITY_FILE = 'corpus.json';

/** Makes the directory ours, or says that it already holds the whole corpus. */
export async function claimDirectory(out: string, identity: Identity): Promise<'complete' | 'claimed'> {
  await mkdir(out, { recursive: true });
  const names = await readdir(out);
  const text = JSON.stringify(identity, null, 2) + '\n';
  if (names.length > 0 && !(await isSame(join(out, IDENTITY_FILE), text))) {
    throw new MlipError('MLIP_E_DATA_SYNTH_OUT', 'the directory holds something else than this synthetic corpus', {
      where: out,
      remedy: 'Give another directory with --out, or delete this one.',
    });
  }
  if (names.includes(MANIFEST_FILE)) return 'complete';
  await writeFile(join(out, IDENTITY_FILE), text);
  for (const folder of ['images', 'masks']) {
    await rm(join(out, folder), { recursive: true, force: true });
    await mkdir(join(out, folder));
  }
  return 'claimed';
}

async function isSame(path: string, text: string): Promise<boolean> {
  return (await readFile(path, 'utf8').catch(() => '')) === text;
}
