/** The schema as a flat list of keys, e.g. `optimizer.learningRate`: for errors, environment names and documentation. */
import { z } from 'zod';
import { configSchema } from './schema.js';

export interface ConfigKey {
  /** Dotted, e.g. `data.maxPieces`. */
  path: string;
  description: string;
  /** What a value must be, in words, e.g. `a positive integer`. */
  expected: string;
  /** Text values are taken as they are written, e.g. `MLIP_NAME=12` is the text "12". */
  isText: boolean;
}

/** The part of JSON Schema that describes our keys. */
interface Node {
  type?: string;
  description?: string;
  enum?: string[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  properties?: Record<string, Node>;
  items?: Node;
}

function listKeys(node: Node, path: string[]): ConfigKey[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) => listKeys(child, [...path, name]));
  }
  const isText = node.type === 'string';
  return [{ path: path.join('.'), description: node.description ?? '', expected: expectation(node), isText }];
}

function expectation(node: Node): string {
  if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`;
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'string') return 'text';
  if (node.items !== undefined) return `a list of ${node.items.type}s${range(node.items)}`;
  return `${node.type === 'integer' ? 'an integer' : 'a number'}${range(node)}`;
}

function range({ minimum, exclusiveMinimum, maximum }: Node): string {
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`;
  if (minimum !== undefined && bounded) return ` from ${minimum} to ${maximum}`;
  return minimum !== undefined ? ` of at least ${minimum}` : '';
}

/** Every key of the configuration, in the order of the schema. */
export const configKeys: readonly ConfigKey[] = listKeys(z.toJSONSchema(configSchema) as Node, []);

const byPath = new Map(configKeys.map((key) => [key.path, key]));

export function findKey(path: string): ConfigKey | undefined {
  return byPath.get(path);
}

/** Keys below a section, e.g. `data` -> `data.manifest`, ...; empty where `path` is no section. */
export function keysOfSection(path: string): ConfigKey[] {
  return configKeys.filter((key) => key.path.startsWith(`${path}.`));
}
