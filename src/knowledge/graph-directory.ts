/** Writes a graph's directory so that it is there as a whole or not at all. */
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncDirectory } from '../core/durable-file.js';
import { MlipError } from '../core/errors.js';
import { CONCEPT_FIELDS, CONCEPTS_FILE, TRIPLE_FIELDS, TRIPLES_FILE, type Concept, type Triple } from './graph.js';

export interface GraphWriter {
  concept(concept: Concept): void;
  triple(triple: Triple): void;
}

/**
 * Writes into a directory beside, and renames it when `write` is done; if it fails nothing is left.
 *
 * @param force replaces a graph that is there
 * @throws MlipError MLIP_E_KNOWLEDGE_OUT where `directory` is there and not empty
 */
export async function writeGraphDirectory<T>(
  directory: string,
  force: boolean,
  write: (writer: GraphWriter) => Promise<T>,
): Promise<T> {
  const out = resolve(directory);
  await requireFree(out, force);
  const partial = `${out}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    const result = await writeFiles(partial, write);
    await putInPlace(partial, out);
    return result;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function requireFree(out: string, force: boolean): Promise<void> {
  const holds = existsSync(out) ? await readdir(out) : [];
  if (holds.length === 0 || (force && holds.includes(CONCEPTS_FILE))) return;
  const isGraph = holds.includes(CONCEPTS_FILE);
  throw new MlipError('MLIP_E_KNOWLEDGE_OUT', `the directory holds ${isGraph ? 'a graph' : 'something else'} already`, {
    where: out,
    remedy: isGraph ? 'Give --force to replace the graph, or another --out.' : 'Give another --out.',
  });
}

async function writeFiles<T>(partial: string, write: (writer: GraphWriter) => Promise<T>): Promise<T> {
  const concepts = openTable(join(partial, CONCEPTS_FILE), CONCEPT_FIELDS);
  const triples = openTable(join(partial, TRIPLES_FILE), TRIPLE_FIELDS);
  try {
    return await write({
      concept: ({ id, type, name, synonyms }) => concepts.row([id, type, name, synonyms.join('|')]),
      triple: ({ head, relation, tail }) => triples.row([head, relation, tail]),
    });
  } finally {
    concepts.end();
    triples.end();
  }
}

const BUFFERED = 1 << 18;

/** Written from callbacks without a promise, since what is read must not pile up before what is written. */
function openTable(path: string, fields: readonly string[]) {
  const file = openSync(path, 'wx');
  let text = '';
  const row = (cells: readonly string[]): void => {
    text += `${cells.join('\t')}\n`;
    if (text.length >= BUFFERED) flush();
  };
  const flush = (): void => {
    appendFileSync(file, text);
    text = '';
  };
  const end = (): void => {
    flush();
    fsyncSync(file);
    closeSync(file);
  };
  row(fields);
  return { row, end };
}

async function putInPlace(partial: string, out: string): Promise<void> {
  const old = `${out}.replaced`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(out)) await rename(out, old);
  await rename(partial, out);
  await syncDirectory(dirname(out));
  await rm(old, { recursive: true, force: true });
}
