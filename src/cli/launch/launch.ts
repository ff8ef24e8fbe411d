/**
 * Runs a coordinator and its workers as child processes of this one, follows the run to its end, starts again what was
 * killed, and sees to it that nothing outlives the run.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { latestCheckpoint } from '../../checkpoint/checkpoint.js';
import { EXIT, MlipError } from '../../core/errors.js';
import { parseAddress } from '../../rpc/address.js';
import { stopRun } from '../../rpc/launcher.js';
import type { Access } from '../../security/access.js';
import { accessEnvironment } from '../access.js';
import { startChild, type Child, type ChildEnd } from './child.js';
import { Crew } from './crew.js';
import type { WorkerShare } from './devices.js';
import { createFamily, describeSignal, type Family } from './family.js';
import { RunFollower, type RunEnd } from './follow.js';
import { onInterrupt } from './interrupt.js';
import type { Progress } from './progress.js';
import { childDied, interrupted, preempted, runFailed } from './run-errors.js';

/** The coordinator names the first cause; a child that died before it joined is unknown to it. */
const COORDINATOR_SPEAKS_FIRST_MS = 5_000;
/** After the end of a run, until the children have closed their files and ended. */
const END_MS = 10_000;
/** A process that does not answer is gone by then, or hangs. */
const HANG_MS = 2_000;

export interface LaunchPlan {
  /** Arguments of `mlip coordinator` besides its port. */
  coordinator: readonly string[];
  /** Workers that are started. */
  workers: number;
  /** How the worker of a place, from 0, is started where there are so many. */
  workerPlan: (place: number, workers: number) => WorkerPlan;
  out: string;
  /** Processes that are started again after they were killed, in all. */
  maxRestarts: number;
  /** Workers that are told to go have saved and gone by then, or are killed. */
  graceMs: number;
  /** By which all of them know each other. */
  access: Access;
  progress: Progress;
  /** Called with the path of each checkpoint; once more where it is not known whether it was. */
  onSaved?: (checkpoint: string) => void;
}

export interface WorkerPlan {
  /** Arguments of `mlip worker` besides the coordinator's address. */
  args: readonly string[];
  env: WorkerShare['env'];
}

/**
 * @throws MlipError with the first cause where the run fails, MLIP_E_INTERRUPTED where a person and MLIP_E_PREEMPTED where a
 * machine ended it
 */
export async function launchRun(plan: LaunchPlan): Promise<RunEnd> {
  const launcher = new Launcher(plan);
  try {
    return await launcher.run();
  } finally {
    launcher.close();
  }
}

class Launcher {
  private readonly plan: LaunchPlan;
  private readonly family: Family = createFamily();
  private readonly crew = new Crew();
  private readonly follower: RunFollower;
  private readonly removeHandlers: () => void;
  private coordinator!: Child;
  private address: string | undefined;
  private signal: NodeJS.Signals | undefined;
  private restarts = 0;
  private over = false;
  /** Rejects when what was killed is not started again. */
  private giveUp!: (error: unknown) => void;
  private readonly givenUp = new Promise<never>((_, reject) => (this.giveUp = reject));

  constructor(plan: LaunchPlan) {
    this.plan = plan;
    this.givenUp.catch(() => undefined);
    this.follower = new RunFollower(plan.access, plan.progress, {
      joined: (worker, pid) => this.name(worker, pid),
      leaving: (worker) => this.crew.letGo(worker),
      left: (worker) => this.part(worker),
      scaled: (workers) => this.fill(workers),
      saved: (path) => plan.onSaved?.(path),
    });
    process.once('exit', this.family.killAll);
    this.removeHandlers = onInterrupt({ first: (signal) => this.stop(signal), again: () => this.endAtOnce() });
  }

  async run(): Promise<RunEnd> {
    const end = await Promise.race([this.follow(), this.givenUp]).catch(async (error: unknown) => {
      this.over = true;
      await this.letWorkersGo();
      this.family.killAll();
      await this.settle();
      throw await this.firstCause(error);
    });
    this.over = true;
    await this.settle();
    return this.judge(end);
  }

  close(): void {
    this.removeHandlers();
    process.off('exit', this.family.killAll);
    this.plan.progress.end();
  }

  private async follow(): Promise<RunEnd> {
    this.startCoordinator(0);
    this.address = await this.coordinator.address;
    this.fill(this.plan.workers);
    for (;;) {
      const end = await this.follower.follow(this.address).catch((error: unknown) => this.await(error));
      if (end !== undefined) return end;
      if (this.over) return this.givenUp;
      this.address = await this.coordinator.address;
    }
  }

  /** The coordinator is lost: one that was killed is being started again, one that hangs is killed first. */
  private async await(error: unknown): Promise<undefined> {
    const lost =
      error instanceof MlipError && ['MLIP_E_COORDINATOR_LOST', 'MLIP_E_RPC_UNREACHABLE'].includes(error.code);
    if (!lost) throw error;
    const { coordinator } = this;
    await Promise.race([coordinator.ended, sleep(HANG_MS, undefined, { ref: false })]);
    if (this.family.endOf(coordinator) === undefined) coordinator.kill();
    await coordinator.ended;
  }

  private startCoordinator(port: number): void {
    const args = ['coordinator', ...this.plan.coordinator, '--port', String(port)];
    this.coordinator = this.start('coordinator', args, undefined, (end) => this.coordinatorEnded(end));
  }

  /** Starts workers until there are so many. */
  private fill(workers: number): void {
    if (this.over || this.signal !== undefined) return;
    for (const place of this.crew.missing(workers)) {
      this.startWorker(place, this.plan.workerPlan(place, Math.max(workers, place + 1)));
    }
  }

  private startWorker(place: number, plan: WorkerPlan): void {
    const args = ['worker', '--coordinator', this.address!, ...plan.args];
    const again = (): void => this.startWorker(place, plan);
    const child = this.start('worker', args, plan.env, (end) => void this.workerEnded(child, end, again));
    this.crew.add(place, child);
  }

  private start(
    name: string,
    args: string[],
    env: NodeJS.ProcessEnv | undefined,
    onEnd: (end: ChildEnd) => void,
  ): Child {
    const { access, progress } = this.plan;
    const child = startChild({ name, args, env: { ...env, ...accessEnvironment(access) }, onLine: progress.note });
    this.family.add(child, onEnd);
    return child;
  }

  private coordinatorEnded(end: ChildEnd): void {
    if (this.over || end.status === 0) return;
    if (end.signal === null || this.address === undefined || !this.mayRestart(end)) return this.giveUp(new Killed(end));
    this.startCoordinator(parseAddress(this.address).port);
  }

  /** A worker that was killed is started again; what it reports as its own failure would come again. */
  private async workerEnded(child: Child, end: ChildEnd, again: () => void): Promise<void> {
    if (this.over || end.status === 0 || this.crew.isLeaving(child)) return;
    if (end.signal !== null && this.mayRestart(end)) return again();
    // The coordinator says first why the run ends; of a worker that had not joined it knows nothing.
    await sleep(COORDINATOR_SPEAKS_FIRST_MS, undefined, { ref: false });
    if (!this.over && (!this.crew.hasJoined(child) || !this.family.lives((other) => other !== this.coordinator)))
      this.giveUp(new Killed(end));
  }

  private mayRestart(end: ChildEnd): boolean {
    if (this.restarts >= this.plan.maxRestarts || this.signal !== undefined) return false;
    this.restarts++;
    const count = `${this.restarts} of ${this.plan.maxRestarts} restarts`;
    this.plan.progress.note(`${describeSignal(end)}; it is started again (${count})`);
    return true;
  }

  private name(worker: number, pid: number): void {
    const child = this.family.find(pid);
    if (child !== undefined) this.crew.name(worker, child);
  }

  /** A worker that was given up ends by itself, or hangs. */
  private part(worker: number): void {
    const child = this.crew.get(worker);
    if (child === undefined) return;
    const timer = setTimeout(() => this.family.kill((other) => other === child), END_MS);
    timer.unref();
    void child.ended.then(() => clearTimeout(timer));
  }

  /** What they hold is lost otherwise: the coordinator cannot be relied on any more to have it saved. */
  private async letWorkersGo(): Promise<void> {
    const isWorker = (child: Child): boolean => child !== this.coordinator;
    if (!this.follower.hasStarted || !this.family.lives(isWorker)) return;
    const { graceMs, progress } = this.plan;
    progress.note(`The run cannot go on: its workers save their state, ${graceMs / 1000} s at most.`);
    await this.family.letGo(isWorker, graceMs);
  }

  /** Once the run is over, workers end by themselves; those that have not joined would go on knocking. */
  private async settle(): Promise<void> {
    this.family.kill((child) => child !== this.coordinator && !this.crew.hasJoined(child));
    await this.family.settle(END_MS);
  }

  private stop(signal: NodeJS.Signals): void {
    this.signal = signal;
    this.plan.progress.note('Ending after this step, with a checkpoint. Ctrl-C again ends at once.');
    if (this.address === undefined) this.family.killAll();
    else stopRun(this.address, { access: this.plan.access }).catch(this.giveUp);
  }

  private endAtOnce(): never {
    this.family.killAll();
    this.plan.progress.end();
    process.exit(EXIT.interrupted);
  }

  private judge(end: RunEnd): RunEnd {
    const { failure } = end;
    if (failure !== undefined) {
      const blamed = failure.worker === null ? undefined : this.crew.get(failure.worker);
      throw runFailed(failure, blamed && this.family.endOf(blamed), this.plan.out);
    }
    if (end.stopped) throw this.stopped(end.checkpoint);
    return end;
  }

  private stopped(checkpoint: string | null): MlipError {
    return (this.signal === 'SIGTERM' ? preempted : interrupted)(checkpoint, this.plan.out);
  }

  /** What really happened, where following the run failed. */
  private async firstCause(error: unknown): Promise<unknown> {
    const { out } = this.plan;
    // The directory may be what failed.
    const checkpoint = (await latestCheckpoint(out).catch(() => undefined)) ?? null;
    const code = error instanceof MlipError ? error.code : undefined;
    const isStop = code === 'MLIP_E_INTERRUPTED' || code === 'MLIP_E_PREEMPTED';
    if (this.signal !== undefined && !isStop) return this.stopped(checkpoint);
    return error instanceof Killed ? childDied(error.end, checkpoint && out) : error;
  }
}

/** A process ended that is not started again. */
class Killed extends Error {
  readonly end: ChildEnd;

  constructor(end: ChildEnd) {
    super(`${end.name} ended`);
    this.end = end;
  }
}
