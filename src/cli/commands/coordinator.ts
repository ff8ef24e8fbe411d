/** `mlip coordinator`: the coordinator of a run on several machines. */
import { Command } from 'commander';
import { showConfig } from '../../config/show.js';
import { EXIT } from '../../core/errors.js';
import { addAccessOptions, ownAccessOf, type AccessOptions } from '../access.js';
import { isLaunched, tellLauncher } from '../launch/channel.js';
import { onInterrupt } from '../launch/interrupt.js';
import { defaultOut, RUN_ARGUMENT, runArgument } from '../launch/out.js';
import { commandLogger } from '../logging.js';
import { addConfigOptions, addExamples, configOf, parsePort, parsePositive, type ConfigOptions } from '../options.js';

interface CoordinatorCommandOptions extends ConfigOptions, AccessOptions {
  workers: number;
  host?: string;
  port: number;
  out?: string;
  resume?: boolean;
  metricsPort?: number;
}

export function coordinatorCommand(): Command {
  const command = new Command('coordinator')
    .description('run the coordinator of a run on several machines; it never loads TensorFlow')
    .argument(RUN_ARGUMENT, 'name of a recipe, or path of a YAML file; with --resume OUT/config.yaml is the default')
    .requiredOption('--workers <n>', 'workers that the run waits for', parsePositive)
    .option('--host <interface>', 'interface to listen on; without TLS the loopback one by default, with TLS all')
    .option('--port <n>', 'port to listen on; 0 takes any', parsePort, 7070)
    .option('--out <dir>', 'output directory, which the workers must reach too; runs/NAME-TIME by default')
    .option('--resume', 'continue the newest checkpoint of --out')
    .option('--metrics-port <n>', 'serve Prometheus metrics there', parsePort)
    .action(coordinator);
  addAccessOptions(command, 'else one that is made in OUT/token');
  addConfigOptions(command);
  return addExamples(
    command,
    'mlip coordinator mgca-vit-b16 --data pairs.jsonl --workers 4 --out /shared/runs/large',
    'mlip coordinator mgca-vit-b16 --workers 4 --tls-ca ca.pem --tls-cert coordinator.pem --tls-key coordinator-key.pem',
    'mlip coordinator --resume --out /shared/runs/large --workers 4',
  );
}

async function coordinator(recipeOrFile: string | undefined, options: CoordinatorCommandOptions): Promise<void> {
  const { config, origins } = configOf(runArgument(recipeOrFile, options), options);
  const out = options.out ?? defaultOut(config.name, new Date());
  const log = commandLogger('coordinator');
  const access = ownAccessOf(options, log);
  const { runCoordinator } = await import('../../coordinator/run.js');
  const { interrupted, runFailed } = await import('../launch/run-errors.js');
  const { findResume } = await import('../launch/resume.js');
  const stop = new AbortController();
  const removeHandlers = onInterrupt({ first: () => stop.abort(), again: () => process.exit(EXIT.interrupted) });
  const outcome = await runCoordinator({
    ...{ host: options.host ?? null, port: options.port, world: options.workers, access },
    ...{ config, configText: showConfig(config, origins), out },
    resume: options.resume ? await findResume(out, config) : null,
    metricsPort: options.metricsPort ?? null,
    supervised: isLaunched(),
    log,
    signal: stop.signal,
    onListening: (address) => void tellLauncher({ kind: 'listening', address }),
  }).finally(removeHandlers);
  // A launcher has heard the outcome already and says it last.
  if (isLaunched()) return;
  if (outcome.kind === 'failed') throw runFailed(outcome, undefined, out);
  if (outcome.kind === 'stopped') throw interrupted(outcome.checkpoint, out);
}
