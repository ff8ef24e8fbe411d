/** The answer of `mlip eval separability` for people. */
import type { SeparabilityReport } from '../evaluation/evaluate-separability.js';
import type { ProbeScore } from '../evaluation/linear-probe.js';

type Counts = SeparabilityReport['train'];

export function describeSeparability(report: SeparabilityReport): string {
  const { classes, train, valid, leftOut, chance, trained, untrained, gain, pixels } = report;
  const { value, standardError } = gain;
  return [
    `linear separability of ${classes[1]} from ${classes[0]} by the image encoder, head left out`,
    `  fitted to train  ${describeCounts(train)}`,
    `  scored on valid  ${describeCounts(valid)}${leftOut > 0 ? `  (${leftOut} unusable images left out)` : ''}`,
    scoreLine('checkpoint', trained),
    scoreLine('untrained', untrained),
    ...(pixels === undefined ? [] : [scoreLine('pixels 32 x 32', pixels)]),
    `  chance           AUROC ${chance.auroc.toFixed(3)}           accuracy ${percent(chance.accuracy)}`,
    `training changed AUROC by ${value < 0 ? '' : '+'}${value.toFixed(3)} ± ${standardError.toFixed(3)}`,
    ...noteOnTraining(report),
    '± is one standard error, of other valid images being drawn.',
  ].join('\n');
}

function describeCounts(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function scoreLine(name: string, { auroc, standardError, accuracy }: ProbeScore): string {
  return `  ${name.padEnd(15)}  AUROC ${auroc.toFixed(3)} ± ${standardError.toFixed(3)}   accuracy ${percent(accuracy)}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Whether the number speaks of images that the encoder has not seen. */
function noteOnTraining({ valid, validInTraining }: SeparabilityReport): string[] {
  const all = Object.values(valid).reduce((sum, count) => sum + count, 0);
  if (validInTraining === null) return ["Whether it was trained on these images is unknown: its manifest isn't here."];
  if (validInTraining === 0) return ['It was trained on none of the valid images.'];
  return [`It was trained on ${validInTraining} of the ${all} valid images and their reports: not a held-out score.`];
}
