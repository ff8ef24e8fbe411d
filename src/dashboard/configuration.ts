/** The configuration of a run as rows, with the origin of each value, and beside that of another run. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument, type Node, type YAMLMap } from 'yaml';
import { messageOf } from '../core/errors.js';

export interface ConfigRow {
  key: string;
  /** As JSON. */
  value: string;
  /** Where it was set: the comment of config.yaml. */
  origin: string;
}

export interface ComparedRow extends ConfigRow {
  /** Of the other run; null where it has no such key. */
  other: string | null;
}

export interface Configuration {
  rows: (ConfigRow | ComparedRow)[];
  /** Why there are none, or fewer. */
  problem: string | null;
}

export async function configurationOf(directory: string): Promise<Configuration> {
  const path = join(directory, 'config.yaml');
  try {
    const document = parseDocument(await readFile(path, 'utf8'));
    const rows = isMap(document.contents) ? rowsOf(document.contents, '') : [];
    const problem = document.errors.length === 0 ? null : `config.yaml: ${document.errors[0].message.split('\n')[0]}`;
    return { rows, problem };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { rows: [], problem: missing ? 'The run has left no config.yaml yet.' : `config.yaml: ${messageOf(error)}` };
  }
}

/** What only the other run has comes last. */
export function compared(own: Configuration, other: Configuration): Configuration {
  const values = new Map(other.rows.map(({ key, value }) => [key, value]));
  const keys = new Set(own.rows.map(({ key }) => key));
  const rows = [
    ...own.rows.map((row) => ({ ...row, other: values.get(row.key) ?? null })),
    ...other.rows
      .filter(({ key }) => !keys.has(key))
      .map(({ key, value }) => ({ key, value: '', origin: '', other: value })),
  ];
  return { rows, problem: own.problem ?? other.problem };
}

function rowsOf(section: YAMLMap, prefix: string): ConfigRow[] {
  return section.items.flatMap(({ key, value }) => {
    const path = `${prefix}${String(key)}`;
    if (isMap(value)) return rowsOf(value, `${path}.`);
    const node = value as Node | null;
    return [{ key: path, value: JSON.stringify(plain(node)) ?? '', origin: (node?.comment ?? '').trim() }];
  });
}

function plain(node: Node | null): unknown {
  return isScalar(node) ? node.value : node?.toJSON();
}
