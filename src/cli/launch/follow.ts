/** Follows a run over the coordinator's Watch stream, showing its progress, until it ends; also over several coordinators. */
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
  /** Workers at the end. */
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

export interface Members {
  joined(worker: number, pid: number): void;
  /** It is to leave, and does so later. */
  leaving(worker: number): void;
  left(worker: number): void;
  /** The run is to have so many workers. */
  scaled(workers: number): void;
  /** A checkpoint was written. */
  saved(path: string): void;
}

export class RunFollower {
  private readonly access: Access;
  private readonly progress: Progress;
  private readonly members: Members;
  private started: { at: number; startStep: number } | undefined;
  private world = 0;

  constructor(access: Access, progress: Progress, members: Members) {
    this.access = access;
    this.progress = progress;
    this.members = members;
  }

  /** There may be something to save. */
  get hasStarted(): boolean {
    return this.started !== undefined;
  }

  /**
   * Until the run ends; undefined where this coordinator goes before it does.
   *
   * @throws MLIP_E_COORDINATOR_LOST, MLIP_E_RPC_UNREACHABLE
   */
  async follow(address: string): Promise<RunEnd | undefined> {
    for await (const event of watchRun(address, { access: this.access })) {
      this.heed(event);
      if (event.kind === 'finished') return this.endOf(event);
      if (event.kind === 'failed') return this.endOf({ ...event.failure, stopped: false }, event.failure);
    }
    return undefined;
  }

  private heed(event: RunEvent): void {
    this.show(event);
    if (event.kind === 'joined') this.members.joined(event.worker, event.pid);
    if (event.kind === 'leaving') this.members.leaving(event.worker);
    if (event.kind === 'left') this.members.left(event.worker);
    if (event.kind === 'scaled') this.members.scaled(event.workers);
    if (event.kind === 'saved') this.members.saved(event.path);
    if (event.kind === 'started') this.started ??= { at: Date.now(), startStep: event.startStep };
    if (event.kind === 'started' || event.kind === 'generation') this.world = event.world;
  }

  private endOf(
    { step, checkpoint, stopped }: Pick<RunEnd, 'step' | 'checkpoint' | 'stopped'>,
    failure?: RunFailure,
  ): RunEnd {
    const { at, startStep } = this.started ?? { at: Date.now(), startStep: step };
    const seconds = (Date.now() - at) / 1000;
    return { step, stepsDone: step - startStep, world: this.world, seconds, checkpoint, stopped, failure };
  }

  private show(event: RunEvent): void {
    const { progress } = this;
    switch (event.kind) {
      case 'joined':
        return progress.note(`worker ${event.worker} joined: ${event.device}, process ${event.pid}`);
      case 'left':
        return progress.note(`worker ${event.worker} is gone: ${event.reason}`);
      case 'started':
        progress.start(event.steps);
        return progress.note(`training from step ${event.startStep} to ${event.steps} with ${event.world} worker(s)`);
      case 'generation': {
        if (event.generation === 1) return;
        const took = `${event.seconds.toFixed(2)} s`;
        return progress.note(`${event.world} worker(s) go on after step ${event.step}; the change took ${took}`);
      }
      case 'step':
        return progress.step(event.line);
      case 'paused':
        return progress.note(`paused after step ${event.step}; \`mlip resume\` lets it go on`);
      case 'resumed':
        return progress.note(`going on after step ${event.step}`);
      case 'scaled':
        return progress.note(`${event.workers} worker(s) are wanted`);
      case 'saved':
        return progress.note(`checkpoint of step ${event.step}: ${event.path}`);
      // The coordinator's log says the notices and why a run failed.
      default:
        return;
    }
  }
}
