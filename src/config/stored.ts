/** The configuration that a checkpoint was trained with, as its config.json holds it. */
import { defaultAssignments } from './defaults.js';
import { configSchema, type Config } from './schema.js';

/**
 * A checkpoint of an earlier version lacks keys that have come since. Those of how a run is operated take their
 * defaults, as they do in a file; what says what the model is must be there.
 *
 * @throws SyntaxError or ZodError
 */
export function parseStoredConfig(text: string): Config {
  const stored = JSON.parse(text) as unknown;
  if (isSection(stored)) for (const { path, value } of defaultAssignments()) fill(stored, path.split('.'), value);
  return configSchema.parse(stored);
}

function fill(section: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    section[name] ??= value;
    return;
  }
  const inner = (section[name] ??= {});
  if (isSection(inner)) fill(inner, rest, value);
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
