/** An archive of texts from which secrets are taken, and which is not written where one is left. */
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createTar } from 'nanotar';
import { replaceDurably } from '../../core/durable-file.js';
import { MlipError, messageOf } from '../../core/errors.js';
import { holdsSecret, strictRedactor } from '../../security/redact.js';

export interface ArchivedText {
  /** Within the archive. */
  name: string;
  text: string;
}

/** For its owner alone: it tells of machines and paths. */
const MODE = 0o600;

/**
 * Returns its size in bytes.
 *
 * @param folder in which everything is within the archive
 * @throws MLIP_E_SECRET_FOUND, MLIP_E_OUT_WRITE
 */
export async function writeArchive(
  path: string,
  folder: string,
  texts: readonly ArchivedText[],
  secrets: readonly string[],
): Promise<number> {
  const redact = strictRedactor(secrets);
  const shown = texts.map(({ name, text }) => ({ name: `${folder}/${name}`, data: redact(text) }));
  for (const { name, data } of shown) requireNone(name, Buffer.from(data), secrets);
  const tar = Buffer.from(createTar(shown, { attrs: { mode: MODE.toString(8), mtime: Date.now() } }));
  requireNone(path, tar, secrets);
  const packed = await promisify(gzip)(tar);
  try {
    await replaceDurably(path, (draft) => writeFile(draft, packed, { mode: MODE }));
  } catch (cause) {
    throw new MlipError('MLIP_E_OUT_WRITE', `the archive cannot be written: ${messageOf(cause)}`, {
      where: path,
      cause,
    });
  }
  return packed.length;
}

function requireNone(where: string, bytes: Buffer, secrets: readonly string[]): void {
  if (!holdsSecret(bytes, secrets)) return;
  throw new MlipError('MLIP_E_SECRET_FOUND', 'a secret of this run is in what was collected: no archive is written', {
    where,
    remedy:
      'Look for it there (the run’s token, or a password of the environment), take it out, and change that secret.',
  });
}
