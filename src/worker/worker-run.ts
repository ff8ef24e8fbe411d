/**
 * How a worker's part ends: by itself, by its own failure, or because the run ends early. Whatever happens, the state is
 * saved where the coordinator asks for it and nothing is changing it any more.
 */
import { messageOf, MlipError } from '../core/errors.js';
import type { Session } from './session.js';
import { saveLast, type TrainingParts } from './training-loop.js';

/** Codes that say no more than that something else has gone wrong elsewhere. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['MLIP_E_PEER_LOST', 'MLIP_E_REDUCE_TIMEOUT']);

export class WorkerRun {
  private readonly session: Session;
  private parts: TrainingParts | undefined;
  private failure: unknown;
  /** Resolves once no step is under way. */
  private readonly stopped: Promise<void>;
  private markStopped!: () => void;
  private saving = Promise.resolve();
  private earlyEnd: () => Promise<void> = async () => undefined;

  constructor(session: Session) {
    this.session = session;
    this.stopped = new Promise((resolve) => (this.markStopped = resolve));
    session.onAbort(({ save }) => {
      void this.earlyEnd().catch(() => undefined);
      if (save) this.saving = this.saving.then(() => this.save());
    });
  }

  /** From now on there is something to save. */
  canSave(parts: TrainingParts): void {
    this.parts = parts;
  }

  /** `release` ends the waits that the session does not know of. */
  onEarlyEnd(release: () => Promise<void>): void {
    this.earlyEnd = release;
  }

  /** Reports a failure of this worker; what follows from the end of the run is none. */
  fail(error: unknown): void {
    if (this.session.aborted.aborted) return;
    this.failure ??= error;
    const state = this.parts?.state;
    const secondary = error instanceof MlipError && CONSEQUENCES.has(error.code);
    this.session.fail(error, { step: state?.step ?? 0, secondary, stateIntact: state?.whole ?? false });
  }

  /** Does the work and sees the run to its end. Rejects with the first cause if it did not end well. */
  async work(train: () => Promise<void>): Promise<void> {
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
    this.session.aborted.throwIfAborted();
    if (this.failure !== undefined) throw this.failure as Error;
  }

  /** A rank that cannot save says so at once, and the coordinator asks the next one. */
  private async save(): Promise<void> {
    await this.stopped;
    const { parts } = this;
    try {
      if (parts?.state.whole !== true) throw new MlipError('MLIP_E_INTERNAL', 'there is no whole state to save');
      await saveLast(parts);
    } catch (error) {
      parts?.log.error(`no checkpoint: ${messageOf(error)}`);
      this.session.fail(error, { step: parts?.state.step ?? 0 });
    }
  }
}
