/**
 * A linear probe: what a linear classifier can tell from frozen features. It is fitted to training rows and scored on
 * others.
 */
import type { HostTensor } from '../core/host-tensor.js';
import { auroc, placements, type Placements } from './auroc.js';
import { fitLogistic, logOdds } from './logistic-regression.js';
import type { Matrix } from './matrix.js';

export interface LabelledFeatures {
  /** [n, width] */
  features: HostTensor;
  /** Class of each row. */
  positive: boolean[];
}

export interface ProbeScore {
  auroc: number;
  /** Standard error of `auroc`, as the valid rows go. */
  standardError: number;
  /** Share of valid rows whose class is the more probable one. */
  accuracy: number;
}

/** scikit-learn's default, C = 1, for features of deviation 1. */
const PENALTY = 1;
/** Deviations below this share of the mean are rounding of float32. */
const ROUNDING = 1e-6;

export interface Probe {
  score: ProbeScore;
  /** How the valid rows stand against each other, to compare two probes by. */
  placements: Placements;
}

export function probe(train: LabelledFeatures, valid: LabelledFeatures): Probe {
  const standardise = standardiser(train.features);
  const classifier = fitLogistic(standardise(train.features), train.positive, PENALTY);
  const scores = logOdds(classifier, standardise(valid.features));
  const placed = placements(scores, valid.positive);
  const { value, standardError } = auroc(placed);
  const right = valid.positive.filter((yes, row) => scores[row] > 0 === yes).length;
  return { score: { auroc: value, standardError, accuracy: right / scores.length }, placements: placed };
}

/** Takes features to mean 0 and deviation 1 over the given rows; what does not vary becomes 0. */
function standardiser({ shape: [rows, width], data }: HostTensor): (features: HostTensor) => Matrix {
  const means = new Float64Array(width);
  const variances = new Float64Array(width);
  data.forEach((value, i) => (means[i % width] += value / rows));
  data.forEach((value, i) => (variances[i % width] += (value - means[i % width]) ** 2 / rows));
  const scales = variances.map((variance, i) => {
    const deviation = Math.sqrt(variance);
    return deviation > ROUNDING * Math.abs(means[i]) ? 1 / deviation : 0;
  });
  return (features) => ({
    rows: features.shape[0],
    width,
    values: Float64Array.from(features.data, (value, i) => (value - means[i % width]) * scales[i % width]),
  });
}
