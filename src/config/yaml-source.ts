/** Reads a YAML configuration into assignments that know their line. JSON is YAML too. */
import { readFileSync } from 'node:fs';
import { isAlias, isMap, isScalar, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import { MlipError, messageOf } from '../core/errors.js';
import type { Assignment, Origin } from './origin.js';

export interface YamlSource {
  /** The recipe that the file starts from, with the line that says so. */
  base: Assignment | undefined;
  assignments: Assignment[];
}

interface Place {
  document: Document;
  lines: LineCounter;
  originOf: (line: number) => Origin;
}

/**
 * @param originOf the origin of what stands on a line (from 1).
 * @throws MLIP_E_CONFIG_INVALID where the file cannot be read, is no YAML, or is no list of keys.
 */
export function readYamlSource(file: string, originOf: Place['originOf']): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
  const fault = document.errors.at(0);
  if (fault !== undefined) {
    const line = lines.linePos(fault.pos[0]).line;
    throw new MlipError('MLIP_E_CONFIG_INVALID', `not valid YAML: ${fault.message}`, { where: `${file}:${line}` });
  }
  if (!isMap(document.contents)) {
    throw new MlipError('MLIP_E_CONFIG_INVALID', 'a configuration is a list of keys and values', {
      where: file,
      remedy: 'See `mlip config show mlip-nano` for one.',
    });
  }
  const all = collect(document.contents, [], { document, lines, originOf });
  return { base: all.find(({ path }) => path === 'recipe'), assignments: all.filter(({ path }) => path !== 'recipe') };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new MlipError('MLIP_E_CONFIG_INVALID', `cannot be read: ${messageOf(cause)}`, { where: file, cause });
  }
}

/** The values below a node; an empty section counts as the value null, so that it is reported rather than lost. */
function collect(node: Node | null, path: string[], place: Place): Assignment[] {
  const resolved = isAlias(node) ? node.resolve(place.document) : node;
  if (isMap(resolved))
    return resolved.items.flatMap((pair) => collectPair(pair as Pair<Node, Node | null>, path, place));
  const value: unknown = resolved?.toJS(place.document) ?? null;
  return [{ path: path.join('.'), value, origin: place.originOf(lineOf(node, place)) }];
}

function collectPair({ key, value }: Pair<Node, Node | null>, path: string[], place: Place): Assignment[] {
  const name = isScalar(key) ? String(key.value) : String(key);
  const below = collect(value, [...path, name], place);
  const origin = place.originOf(lineOf(key, place));
  return below.map((found) => (found.path === [...path, name].join('.') ? { ...found, origin } : found));
}

function lineOf(node: Node | null, { lines }: Place): number {
  return lines.linePos(node?.range?.[0] ?? 0).line;
}
