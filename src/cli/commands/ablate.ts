/** `mlip ablate`: trains a recipe without each of its parts, over several seeds, and compares the scores. */
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { Config } from '../../config/schema.js';
import { EXIT, MlipError } from '../../core/errors.js';
import { requirePlainPath } from '../../core/plain-path.js';
import { AXES, axesOf, parseAxes } from '../../evaluation/ablation/axes.js';
import type { AblationReport } from '../../evaluation/ablation/report.js';
import { chooseVariants, variantsOf, type Variant } from '../../evaluation/ablation/variants.js';
import { HELD_OUT_PAIRS } from '../ablate/data.js';
import { defaultOut } from '../launch/out.js';
import { addConfigOptions, addExamples, configOf, parsePositive, type ConfigOptions } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface AblateOptions extends ConfigOptions {
  axes?: string[];
  only?: string[];
  seeds: number;
  pairs?: number;
  hard?: boolean;
  prompts?: string;
  workers?: number;
  out?: string;
  json?: boolean;
}

const DEFAULT_PAIRS = 2000;

export function ablateCommand(): Command {
  const command = new Command('ablate')
    .description('train a recipe as it is, without each part, and with the global contrast alone; compare the scores')
    .argument('<recipe|file>', 'name of a recipe, or path of a YAML file')
    .option('--axes <a,b>', `parts to leave out: ${AXES.join(', ')}; all that the recipe has by default`, parseNames)
    .option('--only <variants>', 'train only these, for example full,-itm,global', parseNames)
    .option('--seeds <n>', 'runs of each variant, on seed, seed + 1, ...', parsePositive, 3)
    .option(
      '--pairs <n>',
      `without --data: synthetic training pairs, ${HELD_OUT_PAIRS} more are held out; ${DEFAULT_PAIRS} by default`,
      parsePositive,
    )
    .option('--hard', 'without --data: rarer findings, repeated reports and studies of two films')
    .option('--prompts <file>', 'prompts of the zero-shot scores; those of mlip by default')
    .option('--workers <n>', 'worker processes; one for each GPU by default, or one', parsePositive)
    .option(
      '--out <dir>',
      'output directory; given again, finished runs are kept; runs/ablation-NAME-TIME by default',
      requirePlainPath,
    )
    .option('--json', 'print the report, OUT/ablation.json, as one JSON object')
    .action(ablate);
  addConfigOptions(command);
  return addExamples(
    command,
    'mlip ablate mlip-nano --seeds 3 --workers 2 --out runs/ablation',
    'mlip ablate mlip-nano --axes divergence,itm --data pairs.jsonl --out runs/ablation',
    'mlip ablate my.yaml --only full,global --steps 200 --json | jq .variants',
  );
}

function parseNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('It must be names, separated by commas.');
  return names;
}

async function ablate(recipeOrFile: string, options: AblateOptions): Promise<void> {
  const { config } = configOf(recipeOrFile, options);
  const variants = planVariants(config, options);
  const given = dataOf(config, options);
  const { parseDestination } = await import('../../checkpoint/destination.js');
  // What is wrong for every run is said before the first one.
  parseDestination(config.checkpoint.destination);
  const { corpusManifest, makeCorpus, portablePath, requireHeldOut } = await import('../ablate/data.js');
  const { openAblation } = await import('../ablate/directory.js');
  const { readPrompts } = await import('../../evaluation/prompts.js');
  const { runAblation } = await import('../ablate/run.js');
  const { describeClosing } = await import('../ablate/text.js');
  const out = options.out ?? defaultOut(`ablation-${config.name}`, new Date());
  const prompts = options.prompts === undefined ? undefined : resolve(options.prompts);
  if (prompts !== undefined) await readPrompts(prompts);
  const manifest = given === undefined ? corpusManifest(out) : resolve(given);
  if (given !== undefined) await requireHeldOut(manifest);
  const base = { recipe: config.name, manifest: portablePath(out, manifest), prompts: prompts ?? null, config };
  const directory = openAblation(out, base);
  try {
    if (given === undefined) await makeCorpus(out, options.pairs ?? DEFAULT_PAIRS, options.hard ?? false);
    const seeds = Array.from({ length: options.seeds }, (_, at) => config.seed + at);
    const { workers } = options;
    const plan = { recipeOrFile, options, variants, seeds, manifest, prompts, workers };
    const report = await runAblation(plan, directory);
    if (hasFailed(report, variants)) process.exitCode = EXIT.runFailed;
    if (options.json) answerJson(report);
    else answer(describeClosing(report, out));
  } finally {
    directory.close();
  }
}

/** Whether a run of these variants failed; what earlier commands tried besides is not judged again. */
function hasFailed(report: AblationReport, variants: readonly Variant[]): boolean {
  const names = variants.map(({ name }) => name);
  return report.variants.some(({ variant, failed }) => failed.length > 0 && names.includes(variant));
}

function planVariants(config: Config, { axes, only }: AblateOptions): Variant[] {
  const chosen = axes === undefined ? axesOf(config) : parseAxes(axes, config);
  if (chosen.length > 0) return chooseVariants(variantsOf(config, chosen), only);
  throw new MlipError('MLIP_E_USAGE', `${config.name} trains with the global contrast alone: nothing can be left out`, {
    where: 'mlip ablate',
    remedy: 'Choose a recipe with more of the method.',
  });
}

/** The manifest that the variants are trained on; undefined for a synthetic corpus. */
function dataOf(config: Config, { data, pairs, hard }: AblateOptions): string | undefined {
  const synthetic = pairs !== undefined || hard === true;
  if (data !== undefined && synthetic) {
    throw new MlipError('MLIP_E_USAGE', '--data excludes --pairs and --hard', {
      remedy: 'Give --data for your own pairs, or --pairs and --hard for a synthetic corpus.',
    });
  }
  if (synthetic || config.data.manifest === '') return undefined;
  return config.data.manifest;
}
