/** The closing answer of `mlip train` and `mlip demo`. */
import type { RetrievalReport } from '../../evaluation/evaluate-retrieval.js';
import type { RunEnd } from './follow.js';
import { readMetrics } from './out.js';
import { formatDuration } from './progress.js';

/** What `--json` prints; scripts rely on these names. */
export interface Closing {
  /** Steps applied, those before a resume included. */
  steps: number;
  world: number;
  lossFirst: number;
  lossLast: number;
  /** Wall-clock seconds of training, from the first step on. */
  seconds: number;
  pairsPerSecond: number;
  /** Output directory, absolute. */
  out: string;
  checkpoint: string;
  retrieval: RetrievalReport;
}

export interface ClosingParts {
  end: RunEnd;
  out: string;
  checkpoint: string;
  batchSize: number;
  retrieval: RetrievalReport;
}

export function closingOf({ end, out, checkpoint, batchSize, retrieval }: ClosingParts): Closing {
  const losses = readMetrics(out).map(({ loss }) => loss);
  return {
    steps: end.step,
    world: end.world,
    lossFirst: losses[0],
    lossLast: losses[losses.length - 1],
    seconds: end.seconds,
    // A run that was complete already takes no time.
    pairsPerSecond: end.stepsDone === 0 ? 0 : (end.stepsDone * batchSize) / end.seconds,
    out,
    checkpoint,
    retrieval,
  };
}

export function describeClosing(closing: Closing): string {
  const { steps, world, lossFirst, lossLast, seconds, pairsPerSecond, checkpoint, retrieval } = closing;
  const rate = pairsPerSecond.toFixed(1);
  return [
    `${steps} steps with ${world} worker(s) in ${formatDuration(seconds)}, ${rate} pairs/s`,
    `loss ${lossFirst.toFixed(4)} -> ${lossLast.toFixed(4)}`,
    `checkpoint ${checkpoint}`,
    describeRetrieval(retrieval),
  ].join('\n');
}

export function describeRetrieval(report: RetrievalReport): string {
  const { pairs, split, imageToReport, reportToImage, precision } = report;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const recall = ({ r1, r5, r10 }: typeof imageToReport): string =>
    `R@1 ${percent(r1)}  R@5 ${percent(r5)}  R@10 ${percent(r10)}`;
  const lines = [
    `retrieval among ${pairs} pairs of the split ${split} (chance R@1 ${percent(1 / pairs)}):`,
    `  image to report  ${recall(imageToReport)}`,
    `  report to image  ${recall(reportToImage)}`,
  ];
  if (precision !== undefined) {
    const { p1, p5, p10 } = precision.imageToReport;
    const chance = percent(precision.chance);
    lines.push(`  same label       P@1 ${percent(p1)}  P@5 ${percent(p5)}  P@10 ${percent(p10)}  (chance ${chance})`);
  }
  return lines.join('\n');
}
