/** Reads a file in Rich Release Format row by row. */
import { join } from 'node:path';
import { messageOf, MlipError } from '../../core/errors.js';
import { readLines } from '../text-lines.js';
import { cuiNumber, RRF_COLUMNS, type RrfFile } from './rrf-format.js';

export interface RrfReading {
  /** Directory that holds the file. */
  directory: string;
  file: RrfFile;
  /** Rows that MRFILES.RRF announces, if it is there. */
  announcedRows?: number;
  onRow: (cells: string[], where: RowPlace) => void;
  onBytes: (bytes: number) => void;
}

/** `path:line` of a row, made where it is asked for. */
export type RowPlace = () => string;

const COPY_AGAIN =
  'Take MRCONSO.RRF, MRREL.RRF and MRSTY.RRF of one release (2004AA or later), as MetamorphoSys wrote them.';

/**
 * @returns how many rows there are
 * @throws MlipError MLIP_E_KNOWLEDGE_RRF where the file cannot be read, or a row has not the columns of the format
 */
export async function readRrf({ directory, file, announcedRows, onRow, onBytes }: RrfReading): Promise<number> {
  const path = join(directory, file);
  const columns = RRF_COLUMNS[file];
  let rows = 0;
  const onLine = (text: string, line: number): void => {
    const cells = text.split('|');
    if (cells.length !== columns.length + 1 || cells[columns.length] !== '')
      throw wrongVersion(path, line, cells, columns);
    rows++;
    onRow(cells, () => `${path}:${line}`);
  };
  try {
    await readLines(path, { onLine, onPiece: (piece) => onBytes(piece.length) });
  } catch (cause) {
    throw cause instanceof MlipError ? cause : unreadable(path, cause);
  }
  if (announcedRows !== undefined && announcedRows !== rows) throw incomplete(path, rows, announcedRows);
  return rows;
}

/** @throws MlipError MLIP_E_KNOWLEDGE_RRF where the text is no concept identifier */
export function requireCui(text: string, field: string, where: RowPlace): number {
  const number = cuiNumber(text);
  if (number !== undefined) return number;
  throw rrfError(`${JSON.stringify(text.slice(0, 40))} is no concept identifier (C and seven digits)`, {
    where: `${where()} ${field}`,
    remedy: COPY_AGAIN,
  });
}

export function rrfError(message: string, details: { where: string; remedy: string; cause?: unknown }): MlipError {
  return new MlipError('MLIP_E_KNOWLEDGE_RRF', message, details);
}

function wrongVersion(path: string, line: number, cells: readonly string[], columns: readonly string[]): MlipError {
  const found =
    cells.at(-1) === '' ? `${cells.length - 1} columns` : `${cells.length} columns without a pipe at the end`;
  return rrfError(
    `the row has ${found} instead of ${columns.length} (${columns.join('|')}|): another version or damaged`,
    {
      where: `${path}:${line}`,
      remedy: COPY_AGAIN,
    },
  );
}

function incomplete(path: string, rows: number, announced: number): MlipError {
  return rrfError(`the file has ${rows} rows, MRFILES.RRF says ${announced}`, {
    where: path,
    remedy: 'Copy the file again; where rows were left out on purpose, remove MRFILES.RRF.',
  });
}

function unreadable(path: string, cause: unknown): MlipError {
  if (cause instanceof TypeError) {
    return rrfError('the file is not UTF-8', { where: path, remedy: COPY_AGAIN, cause });
  }
  const remedy = `Name the META directory of a UMLS release that you have a licence for. ${COPY_AGAIN}`;
  return rrfError('the file cannot be read', { where: `${path} (${messageOf(cause)})`, remedy, cause });
}
