/**
 * Area under the receiver operating characteristic: how often a positive row scores above a negative one, ties counting
 * half. Its standard error, and that of the difference of two scores of the same rows, after DeLong et al. (1988),
 * https://doi.org/10.2307/2531595.
 */

/** How each row stands against all rows of the other class, 0 to 1. */
export interface Placements {
  /** For each positive row the share of negative rows below it. */
  positives: number[];
  /** For each negative row the share of positive rows above it. */
  negatives: number[];
}

export interface Estimate {
  value: number;
  /** Of `value`, were other rows drawn; 0 where the classes are wholly apart. */
  standardError: number;
}

/**
 * @param scores [n], none of them NaN
 * @param positive class of each row; both must occur twice at least
 */
export function placements(scores: Float64Array, positive: readonly boolean[]): Placements {
  const of = (wanted: boolean): number[] => [...scores.filter((_, row) => positive[row] === wanted)];
  const [above, below] = [of(true), of(false)];
  return {
    positives: above.map((score) => mean(below.map((other) => wins(score, other)))),
    negatives: below.map((score) => mean(above.map((other) => wins(other, score)))),
  };
}

export function auroc({ positives, negatives }: Placements): Estimate {
  const standardError = Math.sqrt(variance(positives) / positives.length + variance(negatives) / negatives.length);
  return { value: mean(positives), standardError };
}

/** AUROC of `a` less that of `b`; the rows must be the same, so that what they have in common cancels. */
export function aurocDifference(a: Placements, b: Placements): Estimate {
  const subtract = (kind: keyof Placements): number[] => a[kind].map((value, row) => value - b[kind][row]);
  return auroc({ positives: subtract('positives'), negatives: subtract('negatives') });
}

function wins(score: number, other: number): number {
  if (score === other) return 0.5;
  return score > other ? 1 : 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Without bias: divided by n - 1. */
function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
