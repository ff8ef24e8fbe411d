/** Checks the winning values against the schema and says of each fault: which key, what was expected, where it was set. */
import type { z } from 'zod';
import { MlipError } from '../core/errors.js';
import { findKey } from './keys.js';
import { formatOrigin, type Assignment } from './origin.js';
import { configSchema, type Config } from './schema.js';

type Winners = ReadonlyMap<string, Assignment>;

/** @throws MLIP_E_CONFIG_INVALID that lists every fault. */
export function validate(winners: Winners, recipeOrFile: string): Config {
  const result = configSchema.safeParse(nest(winners));
  if (result.success) return result.data;
  throw invalid(result.error.issues, winners, recipeOrFile);
}

function nest(winners: Winners): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { path, value } of winners.values()) {
    const parts = path.split('.');
    const last = parts.pop()!;
    const section = parts.reduce((node, part) => (node[part] ??= {}) as Record<string, unknown>, root);
    section[last] = value;
  }
  return root;
}

function invalid(issues: readonly z.core.$ZodIssue[], winners: Winners, recipeOrFile: string): MlipError {
  const faults = issues.map((issue) => describe(issue, winners));
  const blamed = issues.map((issue) => winners.get(keyOf(issue))?.origin).find((origin) => origin !== undefined);
  const missing = faults.some((fault) => fault.endsWith('is missing'));
  return new MlipError('MLIP_E_CONFIG_INVALID', faults.join('\n  '), {
    where: blamed === undefined ? recipeOrFile : formatOrigin(blamed),
    remedy: missing
      ? 'Start the file with `recipe: mlip-nano` (or another recipe) and give only what differs.'
      : 'See docs/configuration.md for what each key takes.',
  });
}

function describe(issue: z.core.$ZodIssue, winners: Winners): string {
  const path = keyOf(issue);
  const found = winners.get(path);
  if (found === undefined) return `${path} is missing`;
  const complaint = issue.code === 'custom' ? issue.message : `expected ${findKey(path)?.expected ?? 'another value'}`;
  return `${path} is ${JSON.stringify(found.value)}, from ${formatOrigin(found.origin)}: ${complaint}`;
}

/** The key that an issue is about; one about an element of a list is about the list. */
function keyOf({ path }: z.core.$ZodIssue): string {
  return path.filter((part) => typeof part === 'string').join('.');
}
