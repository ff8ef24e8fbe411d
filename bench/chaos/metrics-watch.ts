/** Follows metrics.jsonl of a run as it grows: when which step was applied. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface AppliedStep {
  readonly step: number;
  readonly generation: number;
  readonly world: number;
  /** When it was seen, by performance.now(). */
  readonly atMs: number;
}

const POLL_MS = 10;

export class MetricsWatch {
  /** In the order in which they were seen. After a rewind steps come again. */
  readonly applied: AppliedStep[] = [];
  /** Times that the run went back to a checkpoint. */
  rewinds = 0;
  /** Steps that are applied now. */
  step = 0;
  private readonly file: string;
  private bytes = 0;
  private lines = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly waiting = new Set<() => void>();

  constructor(out: string) {
    this.file = join(out, 'metrics.jsonl');
    this.timer = setInterval(() => this.look(), POLL_MS);
  }

  /** Resolves when that many steps are applied; rejects when `signal` aborts. */
  async reach(step: number, signal: AbortSignal): Promise<void> {
    while (this.step < step) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
  }

  /** Sees what there is, and no more after that. */
  close(): void {
    this.look();
    clearInterval(this.timer);
  }

  private look(): void {
    const bytes = existsSync(this.file) ? statSync(this.file).size : 0;
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    const steps = linesOf(readFileSync(this.file, 'utf8'));
    if (steps.length < this.lines) this.rewinds += 1;
    const atMs = performance.now();
    this.applied.push(...steps.slice(this.lines).map((line) => ({ ...line, atMs })));
    this.lines = steps.length;
    this.step = steps.at(-1)?.step ?? 0;
    for (const wake of [...this.waiting]) wake();
  }
}

type Line = Pick<AppliedStep, 'step' | 'generation' | 'world'>;

/** Without one that is being written. */
function linesOf(text: string): Line[] {
  const whole = text.split('\n').slice(0, -1);
  return whole.map((line) => {
    const { step, generation, world } = JSON.parse(line) as Line;
    return { step, generation, world };
  });
}
