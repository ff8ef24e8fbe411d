/** The output directory of a run, as the command line sees it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recipeNames } from '../../config/recipes.js';
import { MlipError } from '../../core/errors.js';
import { type MetricsLine, parseMetricsLine } from '../../rpc/run-events.js';

/** `runs/mlip-nano-20260314-150926`. */
export function defaultOut(recipe: string, now: Date): string {
  const digits = now.toISOString().replace(/\D/g, '');
  return join('runs', `${recipe}-${digits.slice(0, 8)}-${digits.slice(8, 14)}`);
}

/** The argument of the commands that begin a run. */
export const RUN_ARGUMENT = '[recipe|file]';

interface RunOptions {
  out?: string;
  resume?: boolean;
}

/**
 * What a run is configured by: the argument, else the config.yaml of the run that is continued.
 *
 * @throws MLIP_E_USAGE where neither is given, or --resume lacks --out.
 */
export function runArgument(recipeOrFile: string | undefined, { out, resume }: RunOptions): string {
  if (resume && out === undefined) {
    throw new MlipError('MLIP_E_USAGE', '--resume needs --out', {
      remedy: 'Name the output directory of the run that is to go on, for instance --out runs/first.',
    });
  }
  if (recipeOrFile !== undefined) return recipeOrFile;
  if (resume) return join(out!, 'config.yaml');
  throw new MlipError('MLIP_E_USAGE', 'a recipe or a configuration file is missing', {
    remedy: `Recipes: ${recipeNames().join(', ')}. See --help.`,
  });
}

/** All steps of the run in a directory, in order. */
export function readMetrics(out: string): MetricsLine[] {
  const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n');
  return lines.map(parseMetricsLine);
}
