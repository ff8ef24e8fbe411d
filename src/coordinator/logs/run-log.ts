/** The log of a run: what its coordinator and its workers say, as lines of OUT/logs.jsonl. It never fails a run. */
import { Allowance } from '../../core/allowance.js';
import type { LogFields, LogRecord } from '../../core/log.js';
import { recordAsJson } from '../../core/log-record.js';
import type { Failure } from '../../rpc/failure.js';
import type { LogsSeen } from '../../rpc/service.js';
import { redactor } from '../../security/redact.js';
import { LogWriter } from './log-writer.js';
import { recordOfLine, workerName } from './worker-lines.js';

/** Lines of one worker: twice as many as it sends. */
const PER_WORKER = { perSecond: 40, burst: 400 };
/** Of all. */
const IN_ALL = { perSecond: 1_000, burst: 10_000 };

/** Before the output directory is open. */
const MOST_EARLY = 1_000;

/** What is left unsaid of a worker's lines is said not more often. */
const REMARK_MS = 5_000;

export class RunLog {
  private readonly runId: string;
  private readonly inAll = new Allowance(IN_ALL.perSecond, IN_ALL.burst);
  private readonly workers = new Map<number, { allowance: Allowance; left: number; remarkedMs: number }>();
  private writer: LogWriter | null = null;
  private early: string[] = [];
  private redact = redactor([]);

  constructor(runId: string) {
    this.runId = runId;
  }

  /** From now on lines are written, as long as `mayWrite`. `secrets` never are. */
  open(out: string, secrets: readonly string[], mayWrite: () => boolean): void {
    this.redact = redactor(secrets);
    this.writer = new LogWriter({ out, mayWrite, lost: (count) => this.asLine(this.lost(count)) });
    for (const line of this.early.splice(0)) this.writer.append(this.redact(line));
  }

  /** A line of the coordinator. */
  readonly take = (record: LogRecord): void => {
    const line = this.asLine(record);
    if (this.writer !== null) this.writer.append(line);
    else if (this.early.length < MOST_EARLY) this.early.push(line);
  };

  ofWorker(worker: number, { lines, dropped }: LogsSeen): void {
    const known = this.known(worker);
    known.left += dropped;
    for (const line of lines) {
      if (known.allowance.take() && this.inAll.take()) this.take(recordOfLine(worker, this.runId, line));
      else known.left += 1;
    }
    this.remark(worker, known);
  }

  /** Why a worker cannot go on: what it says of itself comes before what the others say of it. */
  workerFailed(worker: number, { code, message, where }: Failure, consequence: boolean, place: LogFields): void {
    const level = consequence ? 'warn' : 'error';
    const fields = { code, ...(where === '' ? {} : { where }) };
    this.take({
      timeMs: Date.now(),
      level,
      name: workerName(worker),
      message,
      context: { run: this.runId, worker, ...place },
      fields,
    });
  }

  async close(limitMs: number): Promise<void> {
    for (const [worker, known] of this.workers) this.remark(worker, { ...known, remarkedMs: 0 });
    await this.writer?.close(limitMs);
  }

  private known(worker: number) {
    const { perSecond, burst } = PER_WORKER;
    const known = this.workers.get(worker) ?? { allowance: new Allowance(perSecond, burst), left: 0, remarkedMs: 0 };
    this.workers.set(worker, known);
    return known;
  }

  private remark(worker: number, known: { left: number; remarkedMs: number }): void {
    const nowMs = performance.now();
    if (known.left === 0 || (known.remarkedMs > 0 && nowMs - known.remarkedMs < REMARK_MS)) return;
    this.take({ ...this.lost(known.left), name: workerName(worker), context: { run: this.runId, worker } });
    known.left = 0;
    known.remarkedMs = nowMs;
  }

  private lost(count: number): LogRecord {
    const message = `${count} line${count === 1 ? ' is' : 's are'} missing here: too many came at once, or could not be written`;
    return {
      timeMs: Date.now(),
      level: 'warn',
      name: 'coordinator',
      message,
      context: { run: this.runId },
      fields: { dropped: count },
    };
  }

  private asLine(record: LogRecord): string {
    return this.redact(recordAsJson(record));
  }
}
