/**
 * Runs a coordinator and its workers as child processes of this one, follows the run to its end, and sees to it that
 * nothing outlives it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { latestCheckpoint } from '../../checkpoint/checkpoint.js';
import { EXIT, MlipError } from '../../core/errors.js';
import { stopRun } from '../../rpc/launcher.js';
import type { Access } from '../../security/access.js';
import { accessEnvironment } from '../access.js';
import { startChild, type Child } from './child.js';
import type { WorkerShare } from './devices.js';
import { createFamily, type Family } from './family.js';
import { followRun, type RunEnd } from './follow.js';
import { onInterrupt } from './interrupt.js';
import type { Progress } from './progress.js';
import { childDied, interrupted, runFailed } from './run-errors.js';

/** The coordinator names the first cause; a child that died before it joined is unknown to it. */
const COORDINATOR_SPEAKS_FIRST_MS = 5_000;
/** After the end of a run, until the children have closed their files and ended. */
const END_MS = 10_000;
/** After the loss of the coordinator, until a worker has saved its state. */
const SAVE_MS = 60_000;
/** A coordinator that does not answer is gone by then, or hangs. */
const HANG_MS = 2_000;

export interface LaunchPlan {
  /** Arguments of `mlip coordinator`. */
  coordinator: readonly string[];
  /** Arguments of `mlip worker` besides the coordinator's address, in order of start. */
  workers: readonly { args: readonly string[]; env: WorkerShare['env'] }[];
  out: string;
  /** By which all of them know each other. */
  access: Access;
  progress: Progress;
}

/** @throws MlipError with the first cause where the run fails, and MLIP_E_INTERRUPTED where it was interrupted. */
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
  private readonly workers = new Map<number, Child>();
  private readonly removeHandlers: () => void;
  private coordinator: Child | undefined;
  private address: string | undefined;
  private stopping = false;

  constructor(plan: LaunchPlan) {
    this.plan = plan;
    process.once('exit', this.family.killAll);
    this.removeHandlers = onInterrupt({ first: () => this.stop(), again: () => this.endAtOnce() });
  }

  async run(): Promise<RunEnd> {
    const end = await this.follow().catch(async (error: unknown) => {
      await this.settleWithoutCoordinator();
      throw await this.firstCause(error);
    });
    await this.settle(END_MS);
    return this.judge(end);
  }

  close(): void {
    this.removeHandlers();
    process.off('exit', this.family.killAll);
    this.plan.progress.end();
  }

  private async follow(): Promise<RunEnd> {
    this.coordinator = this.start('coordinator', ['coordinator', ...this.plan.coordinator]);
    const death = this.family.firstDeath.then((child) => this.unnoticed(child));
    this.address = await Promise.race([this.coordinator.address, death]);
    for (const { args, env } of this.plan.workers) {
      this.start('worker', ['worker', '--coordinator', this.address, ...args], env);
    }
    const watched = followRun(this.address, this.plan.access, this.plan.progress, (rank, pid) => this.name(rank, pid));
    return Promise.race([watched, death]);
  }

  private start(name: string, args: string[], env?: NodeJS.ProcessEnv): Child {
    const { access, progress } = this.plan;
    const child = startChild({ name, args, env: { ...env, ...accessEnvironment(access) }, onLine: progress.note });
    this.family.add(child);
    return child;
  }

  private name(rank: number, pid: number): void {
    const child = this.family.find(pid);
    if (child === undefined) return;
    child.name = `rank ${rank}`;
    this.workers.set(rank, child);
  }

  /** A worker that died before it joined is unknown to the coordinator, which would wait for it. */
  private async unnoticed(child: Child): Promise<never> {
    if (child !== this.coordinator) {
      await sleep(COORDINATOR_SPEAKS_FIRST_MS, undefined, { ref: false });
      // The coordinator sees the run to its end, which may take as long as a checkpoint.
      if ([...this.workers.values()].includes(child)) return new Promise(() => undefined);
      this.family.killAll();
    }
    throw childDied(this.family.endOf(child)!);
  }

  /** Once the run is over, workers end by themselves; those that have not joined would go on knocking. */
  private async settle(limitMs: number): Promise<void> {
    const joined = [...this.workers.values()];
    this.family.kill((child) => child !== this.coordinator && !joined.includes(child));
    await this.family.settle(limitMs);
  }

  private async settleWithoutCoordinator(): Promise<void> {
    const timer = setTimeout(() => this.family.kill((child) => child === this.coordinator), HANG_MS);
    await this.settle(SAVE_MS);
    clearTimeout(timer);
  }

  private stop(): void {
    this.stopping = true;
    this.plan.progress.note('Ending after this step, with a checkpoint. Ctrl-C again ends at once.');
    if (this.address === undefined) this.family.killAll();
    else stopRun(this.address, { access: this.plan.access }).catch(() => this.family.killAll());
  }

  private endAtOnce(): never {
    this.family.killAll();
    this.plan.progress.end();
    process.exit(EXIT.interrupted);
  }

  private judge(end: RunEnd): RunEnd {
    const { out } = this.plan;
    const { failure } = end;
    if (failure !== undefined) {
      const blamed = failure.rank === null ? undefined : this.workers.get(failure.rank);
      throw runFailed(failure, blamed && this.family.endOf(blamed), out);
    }
    if (end.stopped) throw interrupted(end.checkpoint, out);
    return end;
  }

  /** What really happened, where following the run failed. */
  private async firstCause(error: unknown): Promise<unknown> {
    const { out } = this.plan;
    // The directory may be what failed.
    const checkpoint = (await latestCheckpoint(out).catch(() => undefined)) ?? null;
    const code = error instanceof MlipError ? error.code : undefined;
    if (this.stopping && code !== 'MLIP_E_INTERRUPTED') return interrupted(checkpoint, out);
    const death = this.coordinator && this.family.endOf(this.coordinator);
    return code === 'MLIP_E_COORDINATOR_LOST' && death !== undefined ? childDied(death, checkpoint && out) : error;
  }
}
