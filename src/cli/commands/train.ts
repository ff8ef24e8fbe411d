/** `mlip train`: a coordinator and its workers on this machine. */
import { Command } from 'commander';
import { requirePlainPath } from '../../core/plain-path.js';
import { addTlsOptions, tlsOf, type TlsOptions } from '../access.js';
import { addDashboardOptions, type DashboardOptions } from '../dashboard-options.js';
import { commandLogger } from '../logging.js';
import { defaultOut, RUN_ARGUMENT, runArgument } from '../launch/out.js';
import {
  addConfigOptions,
  addElasticOptions,
  addExamples,
  configArguments,
  configOf,
  parseCount,
  parsePort,
  parsePositive,
  type ConfigOptions,
} from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface TrainCommandOptions extends ConfigOptions, TlsOptions, DashboardOptions {
  workers?: number;
  out?: string;
  resume?: boolean;
  maxRestarts: number;
  metricsPort?: number;
  metricsHost?: string;
  evalData?: string;
  json?: boolean;
}

export function trainCommand(): Command {
  const command = new Command('train')
    .description('pre-train on this machine: starts a coordinator and its workers, then scores retrieval')
    .argument(RUN_ARGUMENT, 'name of a recipe, or path of a YAML file; with --resume OUT/config.yaml is the default')
    .option('--workers <n>', 'worker processes; one for each GPU by default, or one', parsePositive)
    .option('--out <dir>', 'output directory; runs/NAME-TIME by default', requirePlainPath)
    .option('--resume', 'continue the newest checkpoint of --out, with as many workers as it had')
    .option('--metrics-port <n>', 'serve Prometheus metrics there, of the workers on the ports after it', parsePort)
    .option('--metrics-host <interface>', 'interface of --metrics-port; the loopback one by default')
    .option('--max-restarts <n>', 'processes that are started again after they were killed, in all', parseCount, 3)
    .option('--eval-data <manifest>', 'score retrieval of each checkpoint on it meanwhile, in a process of its own')
    .option('--json', 'print the result as one JSON object')
    .action(train);
  addDashboardOptions(command);
  addElasticOptions(command);
  addTlsOptions(command);
  addConfigOptions(command);
  return addExamples(
    command,
    'mlip train mlip-nano --data pairs.jsonl --workers 2 --out runs/first',
    'mlip train mlip-nano --data pairs.jsonl --eval-data pairs.jsonl --dashboard-port 8080',
    'mlip train --resume --out runs/first',
    'mlip train my.yaml --set batchSize=64 --set optimizer.learningRate=1e-4',
  );
}

async function train(argument: string | undefined, options: TrainCommandOptions): Promise<void> {
  const recipeOrFile = runArgument(argument, options);
  const { config } = configOf(recipeOrFile, options);
  const { trainHere } = await import('../launch/train.js');
  const { worldOf } = await import('../launch/resume.js');
  const { describeClosing } = await import('../launch/closing.js');
  const closing = await trainHere({
    ...{ recipeOrFile, configArguments: configArguments(options), config },
    workers: options.workers ?? (options.resume ? await worldOf(options.out!) : undefined),
    out: options.out ?? defaultOut(config.name, new Date()),
    resume: options.resume ?? false,
    maxRestarts: options.maxRestarts,
    ...{ metricsPort: options.metricsPort, metricsHost: options.metricsHost },
    ...{ dashboard: options, evaluationData: options.evalData },
    tls: tlsOf(options, commandLogger('launcher')),
  });
  if (options.json) answerJson(closing);
  else answer(describeClosing(closing));
}
