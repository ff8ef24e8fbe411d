/** What happens in a run: told to those who watch, logged, counted, and written down for those who look later. */
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { CoordinatorMetrics } from '../metrics/coordinator-metrics.js';
import { type Failure, toFailure } from '../rpc/failure.js';
import type { MetricsLine, RunEvent } from '../rpc/run-events.js';
import { countEvent } from './count-events.js';
import { EventFeed } from './event-feed.js';
import type { EventPublisher } from './event-publisher.js';
import type { RankTimes, StepAccount } from './events.js';
import { logEvent } from './log-events.js';
import { Paced } from './paced.js';
import type { RunDirectory, RunInfo } from './run-directory.js';
import { storedEvent } from './stored-event.js';

export interface ChronicleParts {
  runId: string;
  metrics: CoordinatorMetrics;
  publisher: EventPublisher | null;
  log: Logger;
  /** Who runs, for run.json; null where that is not ours to say any more. */
  describe(): RunInfo | null;
  /** The directory cannot be written. */
  broken(failure: Failure): void;
}

export class Chronicle {
  readonly feed = new EventFeed();
  private readonly parts: ChronicleParts;
  private readonly description = new Paced(() => this.describe(), DESCRIBE_MS);
  private directory!: RunDirectory;

  constructor(parts: ChronicleParts) {
    this.parts = parts;
  }

  /** Nothing is written before. */
  open(directory: RunDirectory): void {
    this.directory = directory;
    this.description.want();
  }

  announce(event: RunEvent): void {
    this.feed.announce(event);
    logEvent(this.parts.log, event);
    countEvent(this.parts.metrics, event);
    this.keep(event);
    if (DESCRIBED.has(event.kind)) this.description.want();
  }

  record(line: MetricsLine, account: StepAccount | null, ranks: readonly RankTimes[]): void {
    this.writing(() => this.directory.record(line, account, ranks));
  }

  rewind(step: number): void {
    this.writing(() => this.directory.rewind(step));
  }

  flush(): void {
    this.description.flush();
  }

  /** For those who look later. That one is missing in the directory is no reason to end the run. */
  private keep(event: RunEvent): void {
    const { runId, publisher, log } = this.parts;
    const stored = storedEvent(runId, event);
    publisher?.publish(stored);
    if (event.kind === 'step') return;
    try {
      this.directory.note(stored);
    } catch (error) {
      log.warn('an event is missing in events.jsonl', { event: event.kind, reason: messageOf(error) });
    }
  }

  private describe(): void {
    const info = this.parts.describe();
    if (info !== null) this.writing(() => this.directory.describe(info));
  }

  /** A full disk ends the run, but not before the workers' state is saved. */
  private writing(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.parts.broken(toFailure(error));
    }
  }
}

/** A thousand workers join within a second: they are written once for so long. */
const DESCRIBE_MS = 200;

/** After these run.json says something else. */
const DESCRIBED: ReadonlySet<RunEvent['kind']> = new Set(['joined', 'left', 'started']);
