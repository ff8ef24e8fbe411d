/** `mlip submit`: leaves a run in a store, for any coordinator that takes runs from there. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { requirePlainPath } from '../../core/plain-path.js';
import { Command } from 'commander';
import type { Store } from '../../bus/store.js';
import { withAbsolutePaths } from '../../config/paths.js';
import { showConfig } from '../../config/show.js';
import { defaultOut } from '../launch/out.js';
import {
  addConfigOptions,
  addElasticOptions,
  addExamples,
  configOf,
  parsePositive,
  type ConfigOptions,
} from '../options.js';
import { runNameOf } from '../run-name.js';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.js';
import { answer, answerJson, say } from '../terminal.js';

interface SubmitOptions extends ConfigOptions, StoreOptions {
  workers: number;
  out?: string;
  run?: string;
  resume?: boolean;
  json?: boolean;
}

export function submitCommand(): Command {
  const command = new Command('submit')
    .description('leave a run in a store, for `mlip coordinator --queue`')
    .argument('<recipe|file>', 'name of a recipe, or path of a YAML file')
    .requiredOption('--workers <n>', 'workers for which the run waits before it starts', parsePositive)
    .option(
      '--out <dir>',
      'output directory, which coordinators and workers reach; runs/NAME-TIME by default',
      requirePlainPath,
    )
    .option('--run <name>', 'name of the run; that of the output directory by default')
    .option('--resume', 'go on from the newest checkpoint of --out; what that lacks is looked for in the store')
    .option('--json', 'print {run, out, id} as one JSON object')
    .action(submitRun);
  addStoreOptions(command);
  addElasticOptions(command);
  addConfigOptions(command);
  return addExamples(
    command,
    'mlip submit mlip-vit-b16 --data /shared/pairs.jsonl --workers 8 --out /shared/runs/large --nats nats:4222',
    'mlip submit my.yaml --workers 2 --store /shared/mlip',
    'mlip submit mlip-vit-b16 --data /shared/pairs.jsonl --workers 8 --out /shared/runs/large --resume --nats nats:4222',
  );
}

async function submitRun(recipeOrFile: string, options: SubmitOptions): Promise<void> {
  const { config: given, origins } = configOf(recipeOrFile, options);
  // Whoever takes the run is in another directory.
  const config = withAbsolutePaths(given);
  const out = resolve(options.out ?? defaultOut(config.name, new Date()));
  const name = runNameOf(out, options.run);
  const { parseDestination } = await import('../../checkpoint/destination.js');
  // What is wrong is said to who submits, not to who takes the run.
  parseDestination(config.checkpoint.destination);
  const { formatSubmission, submittedRuns } = await import('../../coordinator/submission.js');
  const value = formatSubmission({
    ...{
      version: 1,
      id: randomUUID(),
      name,
      workers: options.workers,
      out,
      resume: options.resume ?? false,
      config,
      configText: showConfig(config, origins),
    },
  });
  const onCreated = (where: string): void => say(`made a new store in ${where}: coordinators need the same --store`);
  const submit = async (store: Store): Promise<string> => (await submittedRuns(store)).submit(value);
  const id = await withStore(options, submit, { onCreated });
  if (options.json) answerJson({ run: name, out, id });
  else answer(`submitted run ${name}; its output directory is ${out}`);
}
