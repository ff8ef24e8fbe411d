/** Tab separated files of a graph: a line of field names, then a row a line; `#` begins a comment. */
import type { Hash } from 'node:crypto';
import { messageOf, MlipError } from '../core/errors.js';
import { readLines } from './text-lines.js';
import type { FaultList } from './graph-faults.js';

export interface TableReading {
  fields: readonly string[];
  faults: FaultList;
  /** Takes in the contents. */
  hash: Hash;
  /** Called with each row that has the right number of fields, trimmed, and its line. */
  onRow: (cells: string[], line: number) => void;
}

/** @throws MlipError MLIP_E_KNOWLEDGE_GRAPH where the file cannot be read or is another table; rows have faults instead */
export async function readTable(path: string, { fields, faults, hash, onRow }: TableReading): Promise<void> {
  let hasHeader = false;
  const onLine = (text: string, line: number): void => {
    if (text.startsWith('#') || text.trim() === '') return;
    const cells = text.split('\t').map((cell) => cell.trim());
    if (!hasHeader) {
      requireHeader(cells, fields, `${path}:${line}`);
      hasHeader = true;
    } else if (cells.length === fields.length) onRow(cells, line);
    else faults.add({ file: path, line, problem: wrongWidth(cells.length, fields) });
  };
  try {
    await readLines(path, { onLine, onPiece: (piece) => hash.update(piece) });
  } catch (cause) {
    throw cause instanceof MlipError ? cause : unreadable(path, cause);
  }
  if (!hasHeader) requireHeader([], fields, path);
}

function requireHeader(cells: readonly string[], fields: readonly string[], where: string): void {
  if (cells.join('\t') === fields.join('\t')) return;
  const found = cells.length === 0 ? 'it is empty' : `they are ${cells.join(', ').slice(0, 100)}`;
  throw new MlipError('MLIP_E_KNOWLEDGE_GRAPH', `the first line does not name the fields: ${found}`, {
    where,
    remedy: `Begin the file with the line ${fields.join('<tab>')}.`,
  });
}

function wrongWidth(found: number, fields: readonly string[]): string {
  return `has ${found} fields instead of ${fields.length} (${fields.join(', ')}), separated by tabs`;
}

function unreadable(path: string, cause: unknown): MlipError {
  const isText = !(cause instanceof TypeError);
  return new MlipError('MLIP_E_KNOWLEDGE_GRAPH', `the file ${isText ? 'cannot be read' : 'is not UTF-8'}`, {
    where: isText ? `${path} (${messageOf(cause)})` : path,
    remedy: isText
      ? 'Name a directory that holds concepts.tsv and triples.tsv, or leave the graph out to take the one of mlip.'
      : 'Convert it, for example: iconv -f latin1 -t utf-8.',
    cause,
  });
}
