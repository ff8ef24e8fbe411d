/**
 * Scores the checkpoints of a run while it goes on: one at a time, each in a process of its own on the CPU, so that no worker waits for
 * it. Where checkpoints come faster than they are scored, the newest is next.
 */
import type { RetrievalReport } from '../../evaluation/retrieval.js';
import { parseJson } from '../../core/json.js';
import { startChild, type Child } from './child.js';

export interface CheckpointEvaluationOptions {
  /** Of the pairs to score. */
  manifest: string;
  note: (text: string) => void;
}

/** No GPU: those belong to the workers. */
const CPU_ONLY = { CUDA_VISIBLE_DEVICES: '-1' };

export class CheckpointEvaluation {
  private readonly options: CheckpointEvaluationOptions;
  private readonly seen = new Set<string>();
  private next: string | null = null;
  private running: { checkpoint: string; child: Child; over: Promise<void> } | null = null;

  constructor(options: CheckpointEvaluationOptions) {
    this.options = options;
    process.once('exit', () => this.stop());
  }

  /** A checkpoint was written. It may be said more than once, as by a coordinator that was started again. */
  saved(checkpoint: string): void {
    if (this.seen.has(checkpoint)) return;
    this.seen.add(checkpoint);
    this.next = checkpoint;
    this.startNext();
  }

  /** Resolves when what is under way has been scored. `last` is scored by who asks, with all cores. */
  async finish(last: string | null): Promise<void> {
    this.next = null;
    if (this.running?.checkpoint === last) this.stop();
    await this.running?.over;
  }

  stop(): void {
    this.next = null;
    this.running?.child.kill();
  }

  private startNext(): void {
    if (this.running !== null || this.next === null) return;
    const checkpoint = this.next;
    this.next = null;
    let last = '';
    const args = ['eval', 'retrieval', '--checkpoint', checkpoint, '--data', this.options.manifest, '--json'];
    const child = startChild({ name: 'evaluation', args, env: CPU_ONLY, onLine: (line) => (last = line) });
    const over = child.ended.then(({ status, killed }) => {
      this.running = null;
      if (!killed) this.options.note(outcomeOf(checkpoint, status, last));
      this.startNext();
    });
    this.running = { checkpoint, child, over };
  }
}

/** @param line the last that the process has printed: its answer, or what was wrong */
function outcomeOf(checkpoint: string, status: number | null, line: string): string {
  const report = parseJson(line.replace(/^\[evaluation\] /, '')) as RetrievalReport | undefined;
  if (status !== 0 || report === undefined) return `checkpoint ${checkpoint} could not be scored: ${line}`;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const { imageToReport, reportToImage } = report;
  return `checkpoint ${checkpoint}: R@10 ${percent(imageToReport.r10)} image to report, ${percent(reportToImage.r10)} back`;
}
