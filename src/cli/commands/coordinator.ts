/** `mlip coordinator`: the coordinator of a run on several machines. */
import { Command } from 'commander';
import { showConfig } from '../../config/show.js';
import type { Store } from '../../bus/store.js';
import type { Config } from '../../config/schema.js';
import type { RunOutcome } from '../../coordinator/events.js';
import { EXIT, MlipError } from '../../core/errors.js';
import { requirePlainPath } from '../../core/plain-path.js';
import type { CoordinatorWatch } from '../../metrics/coordinator-watch.js';
import { defaultInterface } from '../../security/binding.js';
import { addAccessOptions, ownAccessOf, type AccessOptions } from '../access.js';
import { isLaunched, tellLauncher } from '../launch/channel.js';
import {
  addDashboardDirectory,
  addDashboardOptions,
  withDashboard,
  type DashboardOfMany,
} from '../dashboard-options.js';
import { onInterrupt } from '../launch/interrupt.js';
import { defaultOut, RUN_ARGUMENT, runArgument } from '../launch/out.js';
import { commandLogger } from '../logging.js';
import {
  addConfigOptions,
  addElasticOptions,
  addExamples,
  configOf,
  parsePort,
  parsePositive,
  type ConfigOptions,
} from '../options.js';
import { runNameOf } from '../run-name.js';
import { addStoreOptions, storeOf, withStore, type StoreOptions } from '../store-options.js';

interface CoordinatorCommandOptions extends ConfigOptions, StoreOptions, AccessOptions, DashboardOfMany {
  workers?: number;
  host?: string;
  port: number;
  out?: string;
  resume?: boolean;
  run?: string;
  queue?: boolean;
  metricsPort?: number;
  metricsHost?: string;
}

export function coordinatorCommand(): Command {
  const command = new Command('coordinator')
    .description('run the coordinator of a run on several machines; it never loads TensorFlow')
    .argument(RUN_ARGUMENT, 'name of a recipe, or path of a YAML file; with --resume OUT/config.yaml is the default')
    .option('--workers <n>', 'workers for which the run waits before it starts', parsePositive)
    .option('--host <interface>', 'interface to listen on; without TLS the loopback one by default, with TLS all')
    .option('--port <n>', 'port to listen on; 0 takes any', parsePort, 7070)
    .option(
      '--out <dir>',
      'output directory, which the workers must reach too; runs/NAME-TIME by default',
      requirePlainPath,
    )
    .option('--resume', 'continue the newest checkpoint of --out; what that lacks is looked for in the store')
    .option('--run <name>', 'name of the run in the store; that of the output directory by default')
    .option('--queue', 'take runs that were submitted to the store, one after the other')
    .option('--metrics-port <n>', 'serve Prometheus metrics there, and /healthz and /readyz', parsePort)
    .option('--metrics-host <interface>', 'interface of --metrics-port; where --host does by default')
    .action(coordinator);
  addAccessOptions(command, 'else one that is made in OUT/token');
  addDashboardOptions(command);
  addDashboardDirectory(command);
  addStoreOptions(command);
  addElasticOptions(command);
  addConfigOptions(command);
  return addExamples(
    command,
    'mlip coordinator mgca-vit-b16 --data pairs.jsonl --workers 4 --out /shared/runs/large',
    'mlip coordinator mgca-vit-b16 --workers 4 --min-workers 2 --max-workers 8 --out /shared/runs/large',
    'mlip coordinator mgca-vit-b16 --workers 4 --out /shared/runs/large --nats nats:4222     (several: one leads)',
    'mlip coordinator --queue --nats nats:4222                                          (takes submitted runs)',
    'mlip coordinator mgca-vit-b16 --workers 4 --tls-ca ca.pem --tls-cert coordinator.pem --tls-key coordinator-key.pem',
    'mlip coordinator --resume --out /shared/runs/large --workers 4',
  );
}

/** Of a coordinator that does not know yet what leases its runs will have. */
const QUEUE_PATIENCE_MS = 6_000;

/** What is to be coordinated, from the command line or from a queue. */
interface Task {
  config: Config;
  configText: string;
  out: string;
  workers: number;
  /** In the store. */
  name: string;
  submission?: string;
  resume: { step: number; checkpoint: string } | null;
}

/** Of which it is not known yet from where it goes on. */
type NewTask = Omit<Task, 'resume'>;

async function coordinator(recipeOrFile: string | undefined, options: CoordinatorCommandOptions): Promise<void> {
  const { handedOver, interruptedEarly } = await import('../launch/run-errors.js');
  const { serving } = await import('../../metrics/server.js');
  const { CoordinatorWatch } = await import('../../metrics/coordinator-watch.js');
  const [stop, handOver] = [new AbortController(), new AbortController()];
  const removeHandlers = onInterrupt({
    // A pod that moves is started again, and finds its workers waiting; Ctrl-C means the run.
    first: (signal) => (signal === 'SIGTERM' ? handOver.abort(handedOver()) : stop.abort(interruptedEarly())),
    again: () => process.exit(EXIT.interrupted),
  });
  const signals = { signal: stop.signal, handOver: handOver.signal };
  try {
    // Once for all runs of a queue: a token of the environment is gone from there when it has been read.
    const access = ownAccessOf(options, commandLogger('coordinator'));
    const doors: Doors = { ...options, access, watch: new CoordinatorWatch() };
    const coordinateAll = (): Promise<void> =>
      options.queue ? withDashboardOfMany(doors, signals) : runOne(taskOf(recipeOrFile, options), doors, signals);
    await serving(doors.watch, metricsPlace(doors), coordinateAll);
  } finally {
    removeHandlers();
  }
}

function metricsPlace({ metricsPort, metricsHost, host, ...options }: Doors): { port: number | null; host: string } {
  return { port: metricsPort ?? null, host: metricsHost ?? host ?? defaultInterface(options.access.tls) };
}

async function resumeOf(task: NewTask, store: Store | null): Promise<Task['resume']> {
  const { findResumeInStore } = await import('../launch/resume-in-store.js');
  return findResumeInStore(task, store, commandLogger('coordinator'));
}

async function runOne(task: NewTask, options: Doors, signals: Signals): Promise<void> {
  const store = await storeOf(options, { patienceMs: task.config.timeouts.leaseMs });
  try {
    const resume = options.resume ? await resumeOf(task, store) : null;
    const failure = await coordinate({ ...task, resume }, store, options, signals);
    // A launcher has heard the outcome already and says it last.
    if (failure !== null && !isLaunched()) throw failure;
  } finally {
    await store?.close();
  }
}

function taskOf(recipeOrFile: string | undefined, options: CoordinatorCommandOptions): NewTask {
  const { config, origins } = configOf(runArgument(recipeOrFile, options), options);
  const out = options.out ?? defaultOut(config.name, new Date());
  if (options.workers === undefined) throw new MlipError('MLIP_E_USAGE', 'the number of workers is missing: --workers');
  const name = nameOf(out, options);
  return { config, configText: showConfig(config, origins), out, workers: options.workers, name };
}

/** Without a store nobody asks for it. */
function nameOf(out: string, { nats, store, run }: CoordinatorCommandOptions): string {
  return nats === undefined && store === undefined ? '' : runNameOf(out, run);
}

type Signals = Record<'signal' | 'handOver', AbortSignal>;

/** With what lets others in, and lets them see how this process is. */
type Doors = CoordinatorCommandOptions & { access: ReturnType<typeof ownAccessOf>; watch: CoordinatorWatch };

/** Resolves when the run has ended, with what was wrong if it ended badly. */
async function coordinate(
  task: Task,
  store: Store | null,
  options: Doors,
  signals: Signals,
): Promise<MlipError | null> {
  const { runCoordinator } = await import('../../coordinator/run.js');
  const { interrupted, runFailed } = await import('../launch/run-errors.js');
  const { name, ...settings } = task;
  const log = commandLogger('coordinator');
  const run = (): Promise<RunOutcome> =>
    runCoordinator({
      ...{ host: options.host ?? null, port: options.port, ...settings, ...signals },
      access: options.access,
      shared: store === null ? null : { store, name },
      watch: options.watch,
      supervised: isLaunched(),
      log,
      onListening: (address) => void tellLauncher({ kind: 'listening', address }),
    });
  const { token } = options.access;
  const served = { out: task.out, ...options.access, tokenIsLeft: token === null };
  // Also of one that stands by: the run is in the directory, whoever leads.
  const outcome = options.dashboardDir === undefined ? await withDashboard(options, served, run) : await run();
  if (outcome.kind === 'failed') return runFailed(outcome, undefined, task.out);
  return outcome.kind === 'stopped' ? interrupted(outcome.checkpoint, task.out) : null;
}

async function coordinateSubmitted(
  task: NewTask,
  resumes: boolean,
  store: Store,
  options: Doors,
  signals: Signals,
): Promise<MlipError | null> {
  const resume = resumes ? await resumeOf(task, store) : null;
  return coordinate({ ...task, resume }, store, options, signals);
}

/** One dashboard for all runs of the queue, where its directory is given; else each run has its own while it goes on. */
async function withDashboardOfMany(options: Doors, signals: Signals): Promise<void> {
  const { dashboardDir: out, access } = options;
  const take = (): Promise<void> => takeFromQueue(options, signals);
  if (out === undefined) return take();
  if (access.token === null) {
    throw new MlipError('MLIP_E_USAGE', 'the dashboard of several runs asks for a token, and none is given', {
      remedy:
        'Give --token-file, or set MLIP_TOKEN; leave --dashboard-dir out for a dashboard of each run with its own token.',
    });
  }
  await withDashboard(options, { out, ...access, tokenIsLeft: false }, take);
}

/** Until this process is told to go. A run that fails is said, and the next one is taken. */
async function takeFromQueue(options: Doors, signals: Signals): Promise<void> {
  const { takeRuns } = await import('../../coordinator/run-queue.js');
  const { submittedRuns } = await import('../../coordinator/submission.js');
  const { watch } = options;
  const take = async (store: Store): Promise<void> => {
    const queue = await submittedRuns(store);
    watch.showQueue(() => queue.depth());
    await takeRuns({
      store,
      run: ({ id, resume, ...run }) => coordinateSubmitted({ ...run, submission: id }, resume, store, options, signals),
      waits: () => (watch.readiness = { ready: true, text: 'waiting for submitted runs' }),
      signal: AbortSignal.any(Object.values(signals)),
      log: commandLogger('coordinator'),
    });
  };
  await withStore(options, take, { patienceMs: QUEUE_PATIENCE_MS });
}
