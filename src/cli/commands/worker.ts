/** `mlip worker`: a worker of a run on several machines. */
import { Command } from 'commander';
import type { Store } from '../../bus/store.js';
import { EXIT, MlipError } from '../../core/errors.js';
import { watchParent } from '../../core/parent.js';
import { accessOf, addAccessOptions, type AccessOptions } from '../access.js';
import { isLaunched } from '../launch/channel.js';
import { visibleGpus } from '../launch/devices.js';
import { onInterrupt } from '../launch/interrupt.js';
import { commandLogger } from '../logging.js';
import { addExamples, parsePort, parsePositive } from '../options.js';
import type { FindCoordinator } from '../../worker/coordinator-search.js';
import { provideEngine } from '../provide-engine.js';
import { addStoreOptions, storeOf, type StoreOptions } from '../store-options.js';

/**
 * A launcher that is gone makes the coordinator end the run. Should that fail, the worker goes as if it were told to, which saves
 * its state, and in the end it ends anyhow.
 */
const ORPHAN_LEAVES_MS = 15_000;
const ORPHAN_MS = 60_000;

interface WorkerCommandOptions extends AccessOptions, StoreOptions {
  coordinator?: string;
  run?: string;
  data?: string;
  host?: string;
  peerPort?: number;
  threads?: number;
  metricsPort?: number;
  metricsHost?: string;
}

export function workerCommand(): Command {
  const command = new Command('worker')
    .description('run a worker; it gets its configuration from the coordinator')
    .option('--coordinator <host:port>', 'address of the coordinator, or of several: A,B')
    .option('--run <name>', 'run of the store to join; any by default')
    .option('--data <manifest>', 'the manifest on this machine, where its path differs from the coordinator’s')
    .option(
      '--host <address>',
      'where other workers reach this one, ADDRESS[:PORT]; without TLS the loopback address, with TLS found out',
    )
    .option('--peer-port <n>', 'port to listen on for other workers; any that is free by default', parsePort)
    .option('--threads <n>', 'threads of one operation; engine.threads by default', parsePositive)
    .option('--metrics-port <n>', 'serve Prometheus metrics there, and /healthz and /readyz', parsePort)
    .option(
      '--metrics-host <interface>',
      'interface of --metrics-port; that on which other workers reach it by default',
    )
    .action(worker);
  addStoreOptions(command);
  addAccessOptions(command, 'else none, which is an error');
  return addExamples(
    command,
    'mlip worker --coordinator 10.0.0.5:7070 --token-file token --host 10.0.0.6',
    'mlip worker --coordinator 10.0.0.5:7070 --token-file token --tls-ca ca.pem --tls-cert worker.pem --tls-key worker-key.pem',
    'mlip worker --nats nats:4222 --run large --token-file token                       (finds whoever leads)',
    'CUDA_VISIBLE_DEVICES=1 MLIP_TOKEN=... mlip worker --coordinator 10.0.0.5:7070 --data /scratch/pairs.jsonl',
  );
}

async function worker(options: WorkerCommandOptions): Promise<void> {
  const { coordinator, data, host, peerPort, threads, metricsPort, metricsHost } = options;
  const store = coordinator === undefined ? await storeOf(options) : null;
  const find = await finderOf(coordinator, store, options.run);
  const log = commandLogger(`worker ${process.pid}`);
  const access = accessOf(options, log);
  await provideEngine(visibleGpus().length > 0);
  const { runWorker } = await import('../../worker/run-worker.js');
  const [stop, leave] = [new AbortController(), new AbortController()];
  const removeHandlers = onInterrupt({
    signals: ['SIGINT', 'SIGHUP'],
    first: () => stop.abort(),
    again: () => process.exit(EXIT.interrupted),
  });
  // Preemption: this worker goes, the run goes on.
  const letGo = (): void => leave.abort();
  process.once('SIGTERM', letGo);
  const forgetParent = isLaunched() ? watchParent(() => endSoon(letGo)) : () => undefined;
  const end = await runWorker({
    ...{ find, data, host, listenPort: peerPort, threads, access, log },
    ...{ metricsPort: metricsPort ?? null, metricsHost },
    ...{ signal: stop.signal, leave: leave.signal },
  }).finally(() => {
    removeHandlers();
    process.off('SIGTERM', letGo);
    forgetParent();
    void store?.close();
  });
  if (end === 'leftLast' || (end === 'left' && isToComeBack(leave.signal))) process.exitCode = EXIT.again;
}

/** Whoever keeps workers, as Kubernetes does, starts another one in the place of one that it told to go; `mlip train` does not. */
function isToComeBack(toldToGo: AbortSignal): boolean {
  return toldToGo.aborted && !isLaunched();
}

async function finderOf(
  coordinator: string | undefined,
  store: Store | null,
  run: string | undefined,
): Promise<FindCoordinator> {
  const { fixedAddresses } = await import('../../worker/coordinator-search.js');
  if (coordinator !== undefined) return fixedAddresses(coordinator);
  if (store === null) {
    throw new MlipError('MLIP_E_USAGE', 'a worker must know where its coordinator is', {
      remedy: 'Name it with --coordinator, or the store of the coordinators with --nats or --store.',
    });
  }
  const { findLeader } = await import('../../coordinator/find-leader.js');
  return findLeader(store, run);
}

function endSoon(letGo: () => void): void {
  setTimeout(letGo, ORPHAN_LEAVES_MS).unref();
  setTimeout(() => process.exit(EXIT.failure), ORPHAN_MS).unref();
}
