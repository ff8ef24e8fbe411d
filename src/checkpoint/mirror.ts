/**
 * Keeps a second store like the output directory, one checkpoint after the other: the newest that is missing there goes
 * first. Where it is slower than training, what is no longer worth keeping is never copied; where it fails, or a crash
 * has cut it short, the next checkpoint makes up for it.
 */
import { MlipError } from '../core/errors.js';
import { copyCheckpoint } from './copy.js';
import { retain } from './retain.js';
import { type Retained, type RetentionPolicy, toDelete } from './retention.js';
import type { CheckpointStore } from './store.js';

export interface MirrorOptions {
  from: CheckpointStore;
  to: CheckpointStore;
  policy: RetentionPolicy;
  copied: (step: number) => void;
  /** `step` is null where the stores could not even be compared. */
  failed: (error: unknown, step: number | null) => void;
}

export class Mirror {
  /** The step that is being copied: it must stay where it is. */
  current: number | undefined;
  private readonly options: MirrorOptions;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(options: MirrorOptions) {
    this.options = options;
  }

  /** There is something new. */
  wake(): void {
    if (this.stopped) return;
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.again) this.wake();
    });
  }

  /** Nothing further is begun. */
  stop(): void {
    this.stopped = true;
  }

  /** Nothing is left to copy, or copying has failed. */
  async idle(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private async run(): Promise<void> {
    /** Damaged ones are not tried again and again. */
    const givenUp = new Set<number>();
    while (!this.stopped) {
      this.again = false;
      const step = await this.nextMissing(givenUp);
      if (step === undefined && !this.again) return;
      if (step !== undefined && !(await this.copy(step, givenUp))) return;
    }
  }

  /** False where it is of no use to go on. */
  private async copy(step: number, givenUp: Set<number>): Promise<boolean> {
    const { from, to, policy, copied, failed } = this.options;
    this.current = step;
    try {
      await copyCheckpoint(from, to, step);
      await retain(to, policy, new Set([step]));
      copied(step);
      return true;
    } catch (error) {
      failed(error, step);
      givenUp.add(step);
      return isDamage(error);
    } finally {
      this.current = undefined;
    }
  }

  private async nextMissing(givenUp: ReadonlySet<number>): Promise<number | undefined> {
    const { from, to, policy, failed } = this.options;
    try {
      const [here, there] = [await contents(from), await contents(to)];
      const worthless = new Set(toDelete([...new Map([...there, ...here]).values()], policy));
      const missing = [...here.keys()].filter((step) => here.get(step)!.digest !== there.get(step)?.digest);
      return missing.find((step) => !worthless.has(step) && !givenUp.has(step));
    } catch (error) {
      failed(error, null);
      return undefined;
    }
  }
}

interface Content extends Retained {
  digest: string;
}

/** The newest first. What cannot be read is left out. */
async function contents(store: CheckpointStore): Promise<Map<number, Content>> {
  const found = new Map<number, Content>();
  for (const step of await store.list()) {
    const state = await store.state(step).catch(() => undefined);
    if (state !== undefined) found.set(step, { step, metrics: state.metrics, digest: state.sha256 });
  }
  return found;
}

function isDamage(error: unknown): boolean {
  return error instanceof MlipError && ['MLIP_E_CHECKPOINT_CORRUPT', 'MLIP_E_CHECKPOINT_MISSING'].includes(error.code);
}
