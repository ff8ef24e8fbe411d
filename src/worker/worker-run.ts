/**
 * How a worker's part ends: in order, by its own failure, or because the run ends early. Whatever happens, the state is saved
 * where the coordinator asks for it, or none is left to ask, and nothing is changing it any more.
 */
import { messageOf, MlipError } from '../core/errors.js';
import { toFailure } from '../rpc/failure.js';
import { lastStepOf } from './last-step-of.js';
import { saveNow } from './save-now.js';
import { saveUnasked } from './save-unasked.js';
import type { Session } from './session.js';
import type { WorkerParts } from './worker-parts.js';

/** The run has ended, or this worker was let off, or it was the last one and the run is to be started again. */
export type WorkerEnd = 'finished' | 'left' | 'leftLast';

export class WorkerRun {
  private readonly session: Session;
  private parts: WorkerParts | undefined;
  private failure: unknown;
  /** Resolves once no step is under way. */
  private readonly stopped: Promise<void>;
  private markStopped!: () => void;
  private saving = Promise.resolve();

  constructor(session: Session) {
    this.session = session;
    this.stopped = new Promise((resolve) => (this.markStopped = resolve));
    session.onAbort(({ save, turn }) => {
      if (save) this.saving = this.saving.then(() => (turn === undefined ? this.save() : this.saveUnasked(turn)));
    });
  }

  /** From now on there may be something to save. */
  canSave(parts: WorkerParts): void {
    this.parts = parts;
  }

  /** Reports a failure of this worker; what follows from the end of the run is none. */
  fail(error: unknown): void {
    if (this.session.ended.aborted) return;
    this.failure ??= error;
    const state = this.parts?.state;
    this.session.fail(error, { step: state?.step ?? 0, stateIntact: state?.whole ?? false });
  }

  /** Does the work and sees the run to its end. Rejects with the first cause if it did not end well. */
  async work(train: () => Promise<void>): Promise<WorkerEnd> {
    try {
      await train();
    } catch (error) {
      this.fail(error);
    }
    this.markStopped();
    await this.session.close();
    await this.saving;
    await this.parts?.checkpointer.settled();
    await this.parts?.checkpointer.close();
    const cause: unknown = this.session.cause ?? this.failure;
    if (cause !== undefined) throw cause as Error;
    if (this.session.finish?.again === true) return 'leftLast';
    return this.session.leaving ? 'left' : 'finished';
  }

  private async saveUnasked(turn: number): Promise<void> {
    await this.stopped;
    if (this.parts !== undefined) await saveUnasked(this.parts, turn);
  }

  /** A worker that cannot save says so at once, and the coordinator asks another one. */
  private async save(): Promise<void> {
    await this.stopped;
    const { parts } = this;
    try {
      if (parts?.state?.whole !== true) throw new MlipError('MLIP_E_INTERNAL', 'there is no whole state to save');
      await saveNow(parts, true, lastStepOf(parts));
    } catch (error) {
      parts?.log.error(`no checkpoint: ${messageOf(error)}`, { code: toFailure(error).code });
      this.session.fail(error, { step: parts?.state?.step ?? 0, stateIntact: false });
    }
  }
}
