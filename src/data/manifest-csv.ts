/**
 * Reads comma separated values with a header line (RFC 4180: quoted fields may hold commas and line ends). A cell is
 * text; `labels` are separated by `|`, and `labels`, `links` and `boxes` may be JSON.
 */
import { pipeline, Readable } from 'node:stream';
import { parse, type CsvError } from 'csv-parse';
import { messageOf, MlipError } from '../core/errors.js';
import type { RawRecord, RowFault } from './image-row.js';

/** What the header must hold, and what to say where it does not. */
export interface CsvHeader {
  columns: readonly string[];
  remedies: { columns: string };
}

interface CsvRecord {
  record: Record<string, string>;
  /** `lines`: the line on which the record ends. */
  info: { lines: number };
}

export async function* readCsv(
  chunks: AsyncIterable<Buffer>,
  path: string,
  expected: CsvHeader,
): AsyncGenerator<RawRecord> {
  const faults: RowFault[] = [];
  const parser = parse({
    bom: true,
    columns: (header: string[]) => checkedHeader(header, path, expected),
    info: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => void faults.push(faultOf(error)),
  });
  // A failure of the source or of the header destroys the parser, and so is thrown by the loop below.
  pipeline(Readable.from(chunks), parser, () => undefined);
  for await (const { record, info } of parser as unknown as AsyncIterable<CsvRecord>) {
    yield toRaw(record, info.lines - lineEndsIn(record));
  }
  for (const fault of faults) yield { line: fault.line, fault };
}

function checkedHeader(header: string[], path: string, { columns, remedies }: CsvHeader): string[] {
  const names = header.map((name) => name.trim());
  const absent = columns.filter((name) => !names.includes(name));
  if (absent.length === 0) return names;
  throw new MlipError('MLIP_E_DATA_MANIFEST_FORMAT', `the manifest has no column ${absent.join(' and no column ')}`, {
    where: `${path}:1 (columns: ${names.join(', ').slice(0, 200)})`,
    remedy: remedies.columns,
  });
}

function faultOf(error: CsvError | undefined): RowFault {
  const line = (error as { lines?: number } | undefined)?.lines ?? 1;
  return { line, problem: `is not valid CSV (${messageOf(error)})` };
}

function lineEndsIn(cells: Record<string, string>): number {
  return Object.values(cells).reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
}

function toRaw(cells: Record<string, string>, line: number): RawRecord {
  const record: Record<string, unknown> = { ...cells };
  for (const field of ['labels', 'links', 'boxes']) {
    const cell = cells[field]?.trim() ?? '';
    try {
      record[field] = cell === '' ? undefined : parseList(cell, field);
    } catch {
      return { line, fault: { line, field, problem: 'is not valid JSON' } };
    }
  }
  return { line, record };
}

function parseList(cell: string, field: string): unknown {
  if (field === 'labels' && !cell.startsWith('[')) return cell.split('|').map((label) => label.trim());
  return JSON.parse(cell);
}
