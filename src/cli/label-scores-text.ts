/** The answers of `mlip eval zero-shot` and `mlip eval probe` for people. */
import type { ProbeReport } from '../evaluation/evaluate-probe.js';
import type { ZeroShotReport } from '../evaluation/evaluate-zero-shot.js';
import type { LabelScores } from '../evaluation/label-scores.js';

export function describeZeroShot(report: ZeroShotReport): string {
  const { pairs, split, prompts } = report;
  return [
    `zero-shot classification of ${pairs} images of the split ${split}`,
    `  prompts of ${prompts}`,
    ...scoreLines(report),
  ].join('\n');
}

export function describeProbe(report: ProbeReport): string {
  const { pairs, split, train } = report;
  return [
    `linear probe of the frozen image encoder, head left out: fitted to ${train} images, scored on ${pairs} of the split ${split}`,
    ...scoreLines(report),
  ].join('\n');
}

function scoreLines({ labels, leftOut, macroAuroc, chance }: LabelScores): string[] {
  const names = [...labels, ...leftOut].map(({ label }) => label.length);
  const pad = (name: string): string => name.padEnd(Math.max(10, ...names));
  return [
    ...labels.map(
      ({ label, auroc, standardError, positives }) =>
        `  ${pad(label)}  AUROC ${auroc.toFixed(3)} ± ${standardError.toFixed(3)}   ${positives} have it`,
    ),
    ...leftOut.map(({ label, reason }) => `  ${pad(label)}  left out: ${reason}`),
    `  ${pad('macro')}  AUROC ${macroAuroc.toFixed(3)}  (chance ${chance.toFixed(3)})`,
    '± is one standard error, of other images being drawn.',
  ];
}
