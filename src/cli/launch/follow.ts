/** Follows a run over the coordinator's Watch stream, showing its progress, until it ends. */
import { MlipError } from '../../core/errors.js';
import { watchRun } from '../../rpc/launcher.js';
import type { RunEvent, RunFailure } from '../../rpc/run-events.js';
import type { Access } from '../../security/access.js';
import type { Progress } from './progress.js';

/** How a run ended, and what it had done by then. */
export interface RunEnd {
  /** Steps applied, those before a resume included. */
  step: number;
  /** Steps applied by this run. */
  stepsDone: number;
  world: number;
  /** Wall-clock seconds from the start of the first step, compilation included. */
  seconds: number;
  /** Newest checkpoint; null where there is none. */
  checkpoint: string | null;
  /** Ended on request, before its last step. */
  stopped: boolean;
  /** Undefined where nothing failed. */
  failure: RunFailure | undefined;
}

/** What is told about each worker that joins. */
export type JoinedListener = (rank: number, pid: number) => void;

/** @throws MLIP_E_COORDINATOR_LOST, MLIP_E_RPC_UNREACHABLE */
export async function followRun(
  address: string,
  access: Access,
  progress: Progress,
  onJoined: JoinedListener,
): Promise<RunEnd> {
  let started = { at: Date.now(), startStep: 0, world: 0 };
  for await (const event of watchRun(address, { access })) {
    show(event, progress);
    if (event.kind === 'joined') onJoined(event.rank, event.pid);
    if (event.kind === 'started') started = { at: Date.now(), startStep: event.startStep, world: event.world };
    if (event.kind === 'finished') return endOf(event, started);
    if (event.kind === 'failed') return endOf({ ...event.failure, stopped: false }, started, event.failure);
  }
  throw new MlipError('MLIP_E_COORDINATOR_LOST', 'the coordinator closed the connection without ending the run', {
    where: address,
  });
}

function endOf(
  { step, checkpoint, stopped }: Pick<RunEnd, 'step' | 'checkpoint' | 'stopped'>,
  { at, startStep, world }: { at: number; startStep: number; world: number },
  failure?: RunFailure,
): RunEnd {
  const seconds = (Date.now() - at) / 1000;
  return { step, stepsDone: step - startStep, world, seconds, checkpoint, stopped, failure };
}

function show(event: RunEvent, progress: Progress): void {
  switch (event.kind) {
    case 'joined':
      return progress.note(`rank ${event.rank} of ${event.world} joined: ${event.device}, process ${event.pid}`);
    case 'started':
      progress.start(event.steps);
      progress.note(`training from step ${event.startStep} to ${event.steps} with ${event.world} worker(s)`);
      return event.startStep < event.steps ? progress.note('the first step takes longer: it is compiled') : undefined;
    case 'step':
      return progress.step(event.line);
    case 'saved':
      return progress.note(`checkpoint of step ${event.step}: ${event.path}`);
    // The coordinator's log says the notices and why a run failed.
    default:
      return;
  }
}
