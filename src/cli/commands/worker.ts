/** `mlip worker`: a worker of a run on several machines. */
import { Command } from 'commander';
import { EXIT } from '../../core/errors.js';
import { watchParent } from '../../core/parent.js';
import { accessOf, addAccessOptions, type AccessOptions } from '../access.js';
import { isLaunched } from '../launch/channel.js';
import { visibleGpus } from '../launch/devices.js';
import { onInterrupt } from '../launch/interrupt.js';
import { commandLogger } from '../logging.js';
import { addExamples, parsePort, parsePositive } from '../options.js';
import { provideEngine } from '../provide-engine.js';

/** A launcher that is gone makes the coordinator end the run; should that fail, the worker ends by itself. */
const ORPHAN_MS = 60_000;

interface WorkerCommandOptions extends AccessOptions {
  coordinator: string;
  data?: string;
  host?: string;
  peerPort?: number;
  threads?: number;
  metricsPort?: number;
}

export function workerCommand(): Command {
  const command = new Command('worker')
    .description('run a worker; it gets its configuration from the coordinator')
    .requiredOption('--coordinator <host:port>', 'address of the coordinator, or of several: A,B')
    .option('--data <manifest>', 'the manifest on this machine, where its path differs from the coordinator’s')
    .option(
      '--host <address>',
      'where other workers reach this one, ADDRESS[:PORT]; without TLS the loopback address, with TLS found out',
    )
    .option('--peer-port <n>', 'port to listen on for other workers; any that is free by default', parsePort)
    .option('--threads <n>', 'threads of one operation; engine.threads by default', parsePositive)
    .option('--metrics-port <n>', 'serve Prometheus metrics there', parsePort)
    .action(worker);
  addAccessOptions(command, 'else none, which is an error');
  return addExamples(
    command,
    'mlip worker --coordinator 10.0.0.5:7070 --token-file token --host 10.0.0.6',
    'mlip worker --coordinator 10.0.0.5:7070 --token-file token --tls-ca ca.pem --tls-cert worker.pem --tls-key worker-key.pem',
    'CUDA_VISIBLE_DEVICES=1 MLIP_TOKEN=... mlip worker --coordinator 10.0.0.5:7070 --data /scratch/pairs.jsonl',
  );
}

async function worker(options: WorkerCommandOptions): Promise<void> {
  const { coordinator, data, host, peerPort, threads, metricsPort } = options;
  const { fixedAddresses } = await import('../../worker/coordinator-search.js');
  const find = fixedAddresses(coordinator);
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
  const forgetParent = isLaunched() ? watchParent(endSoon) : () => undefined;
  const end = await runWorker({
    ...{ find, data, host, listenPort: peerPort, threads, metricsPort: metricsPort ?? null, access, log },
    ...{ signal: stop.signal, leave: leave.signal },
  }).finally(() => {
    removeHandlers();
    process.off('SIGTERM', letGo);
    forgetParent();
  });
  if (end === 'leftLast') process.exitCode = EXIT.again;
}

function endSoon(): void {
  setTimeout(() => process.exit(EXIT.failure), ORPHAN_MS).unref();
}
