/**
 * Checkpoints of a run while it goes on. `save` copies the state between two steps, which is all that training waits
 * for; hashing, writing and copying to checkpoint.destination happen on another thread.
 *
 * One is written at a time. A `save` that comes before the last one is on disk waits for it: so every checkpoint that
 * was asked for comes to be, in order, and there is one snapshot in memory however slow the disk is.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackgroundWriter } from '../checkpoint/background-writer.js';
import type { Checkpoint, SavedCheckpoint } from '../checkpoint/checkpoint.js';
import type { Config } from '../config/schema.js';
import { type MlipError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { Engine } from '../engine/load.js';
import { takeSnapshot } from './snapshot.js';
import type { HostState, TrainingState } from './training-state.js';

/** A wait is worth a remark after so long. */
const REMARK_MS = 1_000;

export interface CheckpointerOptions {
  engine: Engine;
  config: Config;
  /** Output directory of the run. */
  out: string;
  runId: string;
  /** Pieces by id. */
  vocabulary: readonly string[];
  log: Logger;
  /** The checkpoint is on disk, and copied where that was to be waited for, so long after it was asked for. */
  onSaved: (saved: SavedCheckpoint, seconds: number) => void;
  /** It could not be written, for instance to a full disk. The state is as it was, and training can go on. */
  onFailed: (step: number, error: MlipError) => void;
}

export interface SaveRequest {
  /** Workers of the step. */
  world: number;
  /** Of the step, by the columns of metrics.jsonl. */
  metrics?: Readonly<Record<string, number>> | undefined;
  /** For the last one: it counts as saved when it is in checkpoint.destination too, or after so long. Default 0. */
  copyMs?: number;
  /** Further texts by file name. */
  files?: Readonly<Record<string, string>>;
}

export class Checkpointer {
  private readonly options: CheckpointerOptions;
  private readonly writer: BackgroundWriter;
  private readonly files: Checkpoint['files'];
  private readonly configHash: string;
  /** Resolves when the newest one is written, or has failed. */
  private writing = Promise.resolve();
  /** The last snapshot, once it is written: the next one takes its memory. */
  private spare: HostState | undefined;

  constructor(options: CheckpointerOptions) {
    const { config, out, vocabulary, log } = options;
    const { keep, keepEverySteps, keepBest, destination } = config.checkpoint;
    const configText = `${JSON.stringify(config, null, 2)}\n`;
    this.options = options;
    this.configHash = createHash('sha256').update(configText).digest('hex');
    this.files = { 'config.json': configText, 'vocab.txt': `${vocabulary.join('\n')}\n` };
    this.writer = new BackgroundWriter(
      { out, policy: { keep, keepEverySteps, keepBest }, destination },
      {
        released: (tensors) => (this.spare = tensors),
        notRetained: (error, step) => log.warn(messageOf(error), { step, out }),
        copied: (step, where) => log.info(`the checkpoint of step ${step} is copied`, { to: where }),
        notCopied: (error, step) =>
          log.warn(`not copied to ${destination}: ${messageOf(error)}`, { step: step ?? '?' }),
      },
    );
  }

  /**
   * Resolves as soon as `state` may change again. `written` resolves when the checkpoint is on disk and rejects where it
   * cannot be; nobody has to listen to it, the callbacks say the same.
   */
  async save(state: TrainingState, request: SaveRequest): Promise<{ written: Promise<SavedCheckpoint> }> {
    const askedMs = performance.now();
    const release = await this.turn(state.step);
    try {
      const checkpoint = await this.checkpointOf(state, request);
      const written = this.write(checkpoint, request.copyMs ?? 0, askedMs).finally(release);
      written.catch(() => undefined);
      return { written };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Everything that was to be saved is on disk, or has failed. */
  async settled(): Promise<void> {
    await this.writing;
  }

  /** Ends the thread; what is not written or copied by now never will be. */
  async close(): Promise<void> {
    await this.writer.close();
  }

  /** Waits until the one before is written. The returned function lets the next one go. */
  private async turn(step: number): Promise<() => void> {
    const before = this.writing;
    let release!: () => void;
    this.writing = new Promise((resolve) => (release = resolve));
    const remark = setTimeout(() => {
      this.options.log.warn(`training waits: the checkpoint before that of step ${step} is still being written`);
    }, REMARK_MS);
    await before;
    clearTimeout(remark);
    return release;
  }

  private async checkpointOf(state: TrainingState, { world, metrics, files }: SaveRequest): Promise<Checkpoint> {
    const { engine, config, runId } = this.options;
    const { keepBest } = config.checkpoint;
    if (keepBest !== '' && metrics?.[keepBest] === undefined) {
      this.options.log.warn(`step ${state.step} has no ${keepBest}, so its checkpoint cannot be the best one`);
    }
    const about = { step: state.step, runId, seed: config.seed, world, configHash: this.configHash, metrics };
    const snapshot = await takeSnapshot(engine, state, this.spare);
    this.spare = undefined;
    return { ...snapshot, state: about, files: { ...this.files, ...files } };
  }

  private async write(checkpoint: Checkpoint, copyMs: number, askedMs: number): Promise<SavedCheckpoint> {
    try {
      const saved = await this.writer.write(checkpoint);
      if (copyMs > 0) await this.copied(copyMs);
      this.options.onSaved(saved, (performance.now() - askedMs) / 1000);
      return saved;
    } catch (error) {
      this.options.onFailed(checkpoint.state.step, error as MlipError);
      throw error;
    }
  }

  /** A destination that fails or takes too long is no reason to lose more than a copy. */
  private async copied(limitMs: number): Promise<void> {
    const timeUp = new AbortController();
    const late = sleep(limitMs, undefined, { signal: timeUp.signal }).then(() => {
      throw new Error(`not done after ${limitMs / 1000} s`);
    });
    try {
      await Promise.race([this.writer.copied(), late]);
    } catch (error) {
      this.options.log.warn(`copying to ${this.options.config.checkpoint.destination}: ${messageOf(error)}`);
    } finally {
      late.catch(() => undefined);
      timeUp.abort();
    }
  }
}
