/** Trains on this machine and scores the result: what `mlip train` and `mlip demo` have in common. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Config } from '../../config/schema.js';
import { poolSizeFor } from '../../data/decode-threads.js';
import { COMPUTING_ENVIRONMENT } from '../../engine/process-environment.js';
import type { Access } from '../../security/access.js';
import { RunToken } from '../../security/run-token.js';
import type { TlsFiles } from '../../security/tls-files.js';
import { withDashboard, type DashboardOptions } from '../dashboard-options.js';
import { commandLogger, logsAsJson } from '../logging.js';
import { provideEngine } from '../provide-engine.js';
import { say } from '../terminal.js';
import { closingOf, type Closing } from './closing.js';
import { shareDevices, visibleGpus } from './devices.js';
import { launchRun, type LaunchPlan } from './launch.js';
import { CheckpointEvaluation } from './evaluate-checkpoints.js';
import { createProgress, jsonProgress, type Progress } from './progress.js';
import { score } from './score.js';

export interface TrainOptions {
  /** What the coordinator resolves again, so that config.yaml has the origins. */
  recipeOrFile: string;
  configArguments: readonly string[];
  config: Config;
  /** One for each GPU where it is undefined, or one. */
  workers: number | undefined;
  out: string;
  resume: boolean;
  /** Processes that are started again after they were killed, in all. */
  maxRestarts: number;
  /** Of the coordinator; the workers take the ports after it. */
  metricsPort: number | undefined;
  /** Manifest of the pairs with which each checkpoint is scored; undefined scores the last one only. */
  evaluationData?: string | undefined;
  /** Null serves none. */
  dashboard: DashboardOptions | null;
  /** Null speaks without TLS, which does for processes of one machine. */
  tls: TlsFiles | null;
}

/** @throws MlipError where the run fails or is interrupted, and whatever scoring throws. */
export async function trainHere(options: TrainOptions): Promise<Closing> {
  const access: Access = { token: RunToken.random(), tls: options.tls };
  const train = (): Promise<Closing> => trainAndScore(options, access);
  // Of this process and not of the coordinator, so that it outlives that one, and shows the score at the end.
  return options.dashboard === null
    ? train()
    : withDashboard(options.dashboard, { out: options.out, tokenIsLeft: true, ...access }, train);
}

async function trainAndScore(options: TrainOptions, access: Access): Promise<Closing> {
  const { config } = options;
  const gpus = config.engine.device === 'cpu' ? [] : visibleGpus();
  const workers = options.workers ?? Math.max(1, gpus.length);
  await provideEngine(gpus.length > 0);
  const out = resolve(options.out);
  say(`output directory ${out}`);
  if (config.initialWeights !== '' && !options.resume) say(`initial weights ${resolve(config.initialWeights)}`);
  const progress = logsAsJson() ? jsonProgress(commandLogger('launcher')) : createProgress();
  const evaluation = evaluationOf(options, progress);
  const end = await launchRun({
    coordinator: coordinatorArguments(options, workers),
    workers,
    workerPlan: planWorkers(options, workers, gpus),
    ...{ out: options.out, maxRestarts: options.maxRestarts, graceMs: config.elastic.graceMs },
    ...{ access, progress },
    onSaved: (checkpoint) => evaluation?.saved(resolve(checkpoint)),
  }).catch((error: unknown) => {
    evaluation?.stop();
    throw error;
  });
  const checkpoint = end.checkpoint!;
  await evaluation?.finish(resolve(checkpoint));
  const retrieval = await score({
    checkpoint,
    manifest: config.data.manifest,
    log: commandLogger('evaluation'),
  });
  return closingOf({ end, out, checkpoint, batchSize: config.batchSize, retrieval });
}

function evaluationOf({ evaluationData }: TrainOptions, { note }: Progress): CheckpointEvaluation | null {
  return evaluationData === undefined ? null : new CheckpointEvaluation({ manifest: evaluationData, note });
}

function coordinatorArguments(options: TrainOptions, workers: number): string[] {
  const { recipeOrFile, configArguments, out, resume, metricsPort } = options;
  return [
    recipeOrFile,
    ...configArguments,
    ...['--workers', String(workers), '--host', '127.0.0.1', '--out', out],
    ...(resume ? ['--resume'] : []),
    ...portArgument(metricsPort),
  ];
}

function planWorkers(
  { config, metricsPort }: TrainOptions,
  workers: number,
  gpus: readonly string[],
): LaunchPlan['workerPlan'] {
  if (gpus.length > 0 && workers > gpus.length) {
    say(`warning: ${workers} workers take turns on ${gpus.length} GPU(s); as many workers as GPUs are faster`);
  }
  return (place, all) => {
    const machine = { cores: availableParallelism(), threads: config.engine.threads, gpus };
    const { threads, env } = shareDevices({ workers: all, ...machine })[place];
    return {
      args: ['--threads', String(threads), ...portArgument(metricsPort && metricsPort + 1 + place)],
      env: {
        UV_THREADPOOL_SIZE: String(poolSizeFor(config.data.decodeThreads || threads)),
        ...COMPUTING_ENVIRONMENT,
        ...process.env,
        ...env,
      },
    };
  };
}

function portArgument(port: number | undefined): string[] {
  return port === undefined ? [] : ['--metrics-port', String(port)];
}
