/**
 * Copies what a run leaves in its output directory to the store of its coordinators while the run goes on: small checkpoints, a
 * manifest of the newest one of any size, and the reports at the end. The run never waits for it, and does not end by it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryStore } from '../../checkpoint/directory-store.js';
import type { Mirror } from '../../checkpoint/mirror.js';
import type { ObjectCheckpointStore } from '../../checkpoint/object-store.js';
import type { RetentionPolicy } from '../../checkpoint/retention.js';
import { mirrorSmall } from '../../checkpoint/small-checkpoints.js';
import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../core/log.js';
import type { RunOutcome } from '../events.js';
import type { SharedRun } from '../leadership.js';
import { checkpointEntry } from './checkpoint-entry.js';
import type { Manifests, RunManifest } from './manifest.js';
import { putReports } from './reports.js';
import type { RunObjects } from './run-objects.js';

export interface ArchiveOptions {
  shared: SharedRun;
  runId: string;
  /** Output directory, absolute. */
  out: string;
  /** new: from the beginning. resumed: from a checkpoint of an earlier run. taken: from an earlier coordinator of this run. */
  origin: 'new' | 'resumed' | 'taken';
  /** The newest checkpoint of the run that is known. */
  savedStep: number | null;
  checkpoint: RetentionPolicy & { destination: string };
  /** At the end it is waited for so long. */
  limitMs: number;
  log: Logger;
}

export class RunArchive {
  private readonly options: ArchiveOptions;
  private readonly manifests: Manifests;
  private readonly objects: RunObjects;
  private readonly source: DirectoryStore;
  private readonly mirror: Mirror;
  private savedStep: number | null;
  /** Changes of the manifest, one after the other. */
  private work = Promise.resolve();
  private othersRemoved = false;
  private closed = false;

  constructor(options: ArchiveOptions, manifests: Manifests, objects: RunObjects) {
    this.options = options;
    this.manifests = manifests;
    this.objects = objects;
    this.savedStep = options.savedStep;
    this.source = new DirectoryStore(options.out);
    this.mirror = mirrorSmall({
      ...{ out: options.out, objects: objects.objects, where: objects.where, prefix: objects.prefix },
      policy: options.checkpoint,
      copied: (step) => this.noteCopied(step),
      warn: (message) => this.warn(message),
    });
  }

  /** Those that are in the store. */
  checkpoints(): ObjectCheckpointStore {
    return this.objects.checkpoints();
  }

  /** The output directory has a checkpoint of that step. */
  noteSaved(step: number): void {
    this.savedStep = step;
    this.catchUp();
  }

  /** What an earlier coordinator has not come to. */
  catchUp(): void {
    this.later(() => this.describeCheckpoint());
    this.mirror.wake();
  }

  /** @param outcome of a run that is over; null where it goes on without this coordinator */
  async close(outcome: RunOutcome | null): Promise<void> {
    if (outcome !== null) await this.finishInTime(outcome);
    this.closed = true;
    this.mirror.stop();
  }

  private async finishInTime(outcome: RunOutcome): Promise<void> {
    const waiting = new AbortController();
    const late = sleep(this.options.limitMs, true, { signal: waiting.signal }).catch(() => false);
    const isLate = await Promise.race([late, this.finish(outcome).then(() => false)]);
    waiting.abort();
    if (isLate) this.warn(`not all of the run is in ${this.objects.where}: that took too long`);
  }

  private async finish(outcome: RunOutcome): Promise<void> {
    this.later(() => this.describeReports(outcome));
    // What has failed before is tried once more.
    this.mirror.wake();
    await this.mirror.idle();
    await this.work;
  }

  private noteCopied(step: number): void {
    this.options.log.debug(`checkpoint of step ${step} copied`, { store: this.objects.where });
    this.later(async () => {
      await this.describeCheckpoint();
      await this.removeOthers();
    });
  }

  private later(task: () => Promise<void>): void {
    this.work = this.work.then(task).catch((error: unknown) => {
      this.warn(`the store does not know all of the run: ${messageOf(error)}`);
    });
  }

  private async describeCheckpoint(): Promise<void> {
    if (this.savedStep === null) return;
    const { destination } = this.options.checkpoint;
    const checkpoint = await checkpointEntry(this.source, this.objects.checkpoints(), this.savedStep);
    if (checkpoint !== null) await this.change({ checkpoint: { ...checkpoint, destination } });
  }

  private async describeReports(outcome: RunOutcome): Promise<void> {
    const { runId, out } = this.options;
    const reports = await putReports(this.objects, { runId, out, outcome, warn: (message) => this.warn(message) });
    await this.change({ reports });
    // A run that came to nothing leaves what the one before has got.
    if (outcome.step > 0) await this.removeOthers();
  }

  private async change(changed: Partial<RunManifest>): Promise<void> {
    const { shared, runId, out } = this.options;
    const { folder } = this.objects;
    await this.manifests.update(shared.name, (known) => {
      const own = known?.folder === folder ? known : { checkpoint: null, reports: null };
      return { ...own, version: 1, runId, out, folder, ...changed };
    });
  }

  private async removeOthers(): Promise<void> {
    if (this.othersRemoved) return;
    await this.objects.removeOthers();
    this.othersRemoved = true;
  }

  private warn(message: string): void {
    if (!this.closed) this.options.log.warn(message);
  }
}
