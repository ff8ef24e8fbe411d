/**
 * Trains and scores the variants of an ablation, one run after the other. Each result is on disk before the next run
 * begins; runs that have one are not repeated, and one that was interrupted goes on from its newest checkpoint.
 */
import { latestCheckpoint } from '../../checkpoint/checkpoint.js';
import { MlipError } from '../../core/errors.js';
import { isFinished, withRun, withVariants } from '../../evaluation/ablation/report.js';
import type { AblationReport, FailedRun, FinishedRun } from '../../evaluation/ablation/report.js';
import { settingText } from '../../evaluation/ablation/settings.js';
import type { Variant } from '../../evaluation/ablation/variants.js';
import { toMlipError } from '../errors.js';
import { trainHere } from '../launch/train.js';
import { configArguments, type ConfigOptions } from '../options.js';
import { say } from '../terminal.js';
import { destinationOf } from './destination.js';
import { type AblationDirectory, runName } from './directory.js';
import { scoreRun } from './score-run.js';
import { describeScores, firstLine } from './text.js';

export interface AblationPlan {
  recipeOrFile: string;
  /** Of the command line; data, seed and the variants' settings are added to them. */
  options: ConfigOptions;
  variants: readonly Variant[];
  seeds: readonly number[];
  /** Absolute. */
  manifest: string;
  prompts: string | undefined;
  workers: number | undefined;
}

/** @throws MLIP_E_INTERRUPTED; a run that fails is in the report */
export async function runAblation(plan: AblationPlan, directory: AblationDirectory): Promise<AblationReport> {
  let report = withVariants(directory.report, plan.variants);
  directory.write(report);
  // Seed by seed: a comparison of all variants is there early, and gets sharper.
  const runs = plan.seeds.flatMap((seed) => plan.variants.map((variant) => ({ variant, seed })));
  for (const [at, { variant, seed }] of runs.entries()) {
    const title = `[${at + 1}/${runs.length}] ${variant.name}, seed ${seed}`;
    if (isFinished(report, variant.name, seed)) {
      say(`${title}: done by an earlier command`);
      continue;
    }
    say(title);
    const run = await attempt(plan, variant, seed, directory.runPath(variant.name, seed));
    report = withRun(report, variant.name, run);
    directory.write(report);
    say(`${title}: ${'error' in run ? `failed: ${firstLine(run.error.message)}` : describeScores(run.metrics)}`);
  }
  return report;
}

/** A run that fails does not end the others. */
async function attempt(
  plan: AblationPlan,
  variant: Variant,
  seed: number,
  out: string,
): Promise<FinishedRun | FailedRun> {
  try {
    return await trainAndScore(plan, variant, seed, out);
  } catch (thrown) {
    const error = toMlipError(thrown);
    if (error.code === 'MLIP_E_INTERRUPTED') throw interrupted(error);
    const { code, message, where, remedy } = error;
    return { seed, error: { code, message, where, remedy } };
  }
}

async function trainAndScore(plan: AblationPlan, variant: Variant, seed: number, out: string): Promise<FinishedRun> {
  const { recipeOrFile, options, workers, manifest } = plan;
  const { checkpoint, set: destination } = destinationOf(variant.config, runName(variant.name, seed));
  const set = [...options.set, ...variant.settings.map(settingText), ...destination];
  const { config } = variant;
  const closing = await trainHere({
    recipeOrFile,
    configArguments: configArguments({ ...options, data: manifest, seed, set }),
    config: { ...config, seed, checkpoint, data: { ...config.data, manifest } },
    ...{ workers, out, resume: (await latestCheckpoint(out)) !== undefined, maxRestarts: 3 },
    ...{ metricsPort: undefined, dashboard: null, tls: null },
  });
  return scoreRun(seed, closing, plan);
}

function interrupted({ message, where }: MlipError): MlipError {
  return new MlipError('MLIP_E_INTERRUPTED', message, {
    where,
    remedy: 'Run the same command again, with the same --out: it goes on from here.',
  });
}
