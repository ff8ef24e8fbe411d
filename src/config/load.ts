/**
 * Resolves a run's configuration: default < recipe < file < `MLIP_*` < flag. Every value knows where it came from, so
 * that an error can name the place and `mlip config show --origin` can tell which setting won.
 */
import { MlipError } from '../core/errors.js';
import { defaultAssignments } from './defaults.js';
import { readEnvironment } from './environment.js';
import { readFlags, type KeyFlag } from './flags.js';
import { configKeys, findKey, keysOfSection } from './keys.js';
import { formatOrigin, type Assignment, type Origin } from './origin.js';
import { readRecipeOrFile } from './recipes.js';
import type { Config } from './schema.js';
import { didYouMean } from './suggest.js';
import { validate } from './validate.js';

export interface ConfigSources {
  /** Name of a recipe, or path of a YAML file; the file may start with `recipe: NAME` and give only what differs. */
  recipeOrFile: string;
  env?: NodeJS.ProcessEnv;
  /** Values of `--set`, e.g. `optimizer.learningRate=1e-4`. */
  set?: readonly string[];
  flags?: readonly KeyFlag[];
}

/** Where each value came from, by dotted path. */
export type Origins = ReadonlyMap<string, Origin>;

export interface ResolvedConfig {
  config: Config;
  origins: Origins;
  /** For people, e.g. about `MLIP_*` variables that are no keys. */
  warnings: string[];
}

/**
 * @throws MLIP_E_CONFIG_UNKNOWN_RECIPE, MLIP_E_CONFIG_UNKNOWN_KEY, MLIP_E_CONFIG_INVALID with the place to blame, and
 * MLIP_E_USAGE for a malformed `--set`.
 */
export function resolveConfig({ recipeOrFile, env = {}, set = [], flags = [] }: ConfigSources): ResolvedConfig {
  const environment = readEnvironment(env);
  const assignments = [
    ...defaultAssignments(),
    ...readRecipeOrFile(recipeOrFile),
    ...environment.assignments,
    ...readFlags(set, flags),
  ];
  assignments.forEach(requireKey);
  const winners = new Map(assignments.map((assignment) => [assignment.path, assignment]));
  const config = validate(winners, recipeOrFile);
  return { config, origins: originsOf(winners), warnings: environment.warnings };
}

function originsOf(winners: ReadonlyMap<string, Assignment>): Origins {
  return new Map(configKeys.map(({ path }) => [path, winners.get(path)!.origin]));
}

function requireKey({ path, origin }: Assignment): void {
  if (findKey(path) !== undefined) return;
  const where = formatOrigin(origin);
  const inside = keysOfSection(path).map((key) => key.path);
  if (inside.length > 0) {
    throw new MlipError('MLIP_E_CONFIG_INVALID', `${path} is a section and takes no value of its own`, {
      where,
      remedy: `Set one of its keys: ${inside.join(', ')}.`,
    });
  }
  throw new MlipError('MLIP_E_CONFIG_UNKNOWN_KEY', `there is no configuration key ${path}`, {
    where,
    remedy: `${didYouMean(
      path,
      configKeys.map((key) => key.path),
    )}\`mlip config show mlip-nano\` lists all keys.`,
  });
}
