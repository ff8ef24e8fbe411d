/** `mlip demo`: the main job from nothing. A synthetic corpus, a training run with two workers, a retrieval score. */
import { join, relative } from 'node:path';
import { requirePlainPath } from '../../core/plain-path.js';
import { Command } from 'commander';
import type { SynthSummary } from '../../data/synth/corpus.js';
import { addDashboardOptions, type DashboardOptions } from '../dashboard-options.js';
import type { Closing } from '../launch/closing.js';
import { synthesizeWithProgress } from '../launch/corpus.js';
import { addExamples, configArguments, configOf, parseCount, parsePositive, type ConfigOptions } from '../options.js';
import { answer, answerJson, say } from '../terminal.js';

const HELD_OUT_PAIRS = 256;

interface DemoOptions extends DashboardOptions {
  pairs: number;
  steps?: number;
  seed: number;
  workers: number;
  out: string;
  json?: boolean;
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('make a synthetic corpus, train the recipe mlip-nano on it with 2 workers, score retrieval')
    .option('--pairs <n>', `training pairs; ${HELD_OUT_PAIRS} more are held out`, parsePositive, 2000)
    .option('--steps <n>', 'steps to train; those of the recipe by default', parseCount)
    .option('--seed <n>', 'seed of the corpus and of the run', parseCount, 1)
    .option('--workers <n>', 'worker processes', parsePositive, 2)
    .option('--out <dir>', 'output directory; the corpus is kept in its folder corpus', requirePlainPath, 'mlip-demo')
    .option('--json', 'print the result as one JSON object')
    .action(demo);
  addDashboardOptions(command);
  return addExamples(
    command,
    'mlip demo',
    'mlip demo --dashboard-port 8080',
    'mlip demo --pairs 400 --steps 50 --out /tmp/quick --json',
  );
}

async function demo({ pairs, steps, seed, workers, out, json, ...dashboard }: DemoOptions): Promise<void> {
  say(`making ${pairs + HELD_OUT_PAIRS} synthetic pairs in ${join(out, 'corpus')}`);
  const corpus = await synthesizeWithProgress({
    ...{ pairs: pairs + HELD_OUT_PAIRS, validPairs: HELD_OUT_PAIRS },
    ...{ seed, out: join(out, 'corpus') },
  });
  if (corpus.reused) say('they are there from an earlier demo');
  const options: ConfigOptions = { data: corpus.manifest, steps, seed, compile: true, set: [] };
  const { trainHere } = await import('../launch/train.js');
  const closing = await trainHere({
    ...{
      recipeOrFile: 'mlip-nano',
      configArguments: configArguments(options),
      config: configOf('mlip-nano', options).config,
    },
    ...{ workers, out, resume: false, maxRestarts: 3, metricsPort: undefined, dashboard, tls: null },
  });
  if (json) answerJson(closing);
  else answer(await farewell(closing, corpus, out));
}

/** What was made, and what to type next. */
async function farewell(closing: Closing, { manifest }: SynthSummary, out: string): Promise<string> {
  const { describeClosing } = await import('../launch/closing.js');
  const weights = join(relative(process.cwd(), closing.checkpoint), 'model.safetensors');
  return `${describeClosing(closing)}

The pairs are synthetic: the score shows that everything works, and says nothing about patients.

What was made:
${columns([
  [manifest, 'image-report pairs; look at the pictures beside it'],
  [join(out, 'config.yaml'), 'every setting, and where it was set'],
  [join(out, 'metrics.jsonl'), `loss and speed of each step; tensorboard --logdir ${out} draws them`],
  [weights, 'the weights'],
])}

What to type next:
${columns([
  ['npx mlip train mlip-nano --data YOUR.jsonl --workers 2', 'train on your own pairs'],
  ['npx mlip config show mlip-nano --origin', 'see every setting'],
  ['npx mlip --help', 'see everything else'],
])}`;
}

function columns(rows: readonly [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`).join('\n');
}
