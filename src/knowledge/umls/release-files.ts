/** MRFILES.RRF, where a release has it: the columns and the number of rows of each file, before millions are read. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from '../text-lines.js';
import { rrfError } from './read-rrf.js';
import { RRF_COLUMNS, RRF_FILES, type RrfFile } from './rrf-format.js';

/**
 * Rows of each file that the release announces; empty without MRFILES.RRF.
 *
 * @throws MlipError MLIP_E_KNOWLEDGE_RRF where it announces other columns than those that are read
 */
export async function announcedRows(directory: string): Promise<Partial<Record<RrfFile, number>>> {
  const path = join(directory, 'MRFILES.RRF');
  const rows: Partial<Record<RrfFile, number>> = {};
  if (!existsSync(path)) return rows;
  const onLine = (text: string, line: number): void => {
    const [name, , columns, , count] = text.split('|');
    const file = RRF_FILES.find((known) => known === name);
    if (file === undefined) return;
    requireColumns(file, columns ?? '', `${path}:${line}`);
    if (/^\d+$/.test(count ?? '')) rows[file] = Number(count);
  };
  await readLines(path, { onLine });
  return rows;
}

function requireColumns(file: RrfFile, announced: string, where: string): void {
  const expected = RRF_COLUMNS[file].join(',');
  if (announced === expected) return;
  throw rrfError(`${file} is of a version that is not read: its columns are ${announced}, not ${expected}`, {
    where,
    remedy: 'Export the release again with MetamorphoSys in Rich Release Format (2004AA or later).',
  });
}
