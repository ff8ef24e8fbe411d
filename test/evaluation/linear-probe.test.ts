// The linear probe and its parts: against scikit-learn (test/fixtures/evaluation/make_fixtures.py) and by hand.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/core/host-tensor.js';
import { packageRoot } from '../../src/core/package-root.js';
import { random } from '../../src/core/random.js';
import { auroc, aurocDifference, placements } from '../../src/evaluation/auroc.js';
import { conjugateGradients } from '../../src/evaluation/conjugate-gradients.js';
import { probe, type LabelledFeatures } from '../../src/evaluation/linear-probe.js';
import { fitLogistic, logOdds } from '../../src/evaluation/logistic-regression.js';
import type { Matrix } from '../../src/evaluation/matrix.js';

interface Fixture {
  features: number[][];
  positive: boolean[];
  fits: { penalty: number; weights: number[]; intercept: number; logOdds: number[]; auroc: number }[];
  ties: { scores: number[]; auroc: number };
}

const fixture = JSON.parse(
  readFileSync(join(packageRoot, 'test/fixtures/evaluation/logistic.json'), 'utf8'),
) as Fixture;

function matrix(rows: readonly (readonly number[])[]): Matrix {
  return { rows: rows.length, width: rows[0].length, values: Float64Array.from(rows.flat()) };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
}

describe('logistic regression', () => {
  it.each(fixture.fits)('finds the minimum that scikit-learn finds with penalty $penalty', (expected) => {
    const features = matrix(fixture.features);
    const classifier = fitLogistic(features, fixture.positive, expected.penalty);
    expect(largestDifference(classifier.weights, expected.weights)).toBeLessThan(1e-6);
    expect(classifier.intercept).toBeCloseTo(expected.intercept, 6);
    expect(largestDifference(logOdds(classifier, features), expected.logOdds)).toBeLessThan(1e-5);
  });

  it('splits equal classes in the middle, with the slope at which the gradient is 0', () => {
    const { weights, intercept } = fitLogistic(matrix([[-1], [1]]), [false, true], 0.5);
    expect(intercept).toBeCloseTo(0, 10);
    // Of 2 log(1 + exp(-w)) + w^2 / 4: 2 / (1 + exp(w)) = w / 2.
    expect(2 / (1 + Math.exp(weights[0]))).toBeCloseTo(weights[0] / 2, 8);
  });

  it('gives the log odds of the classes where features say nothing', () => {
    const { weights, intercept } = fitLogistic(matrix([[0], [0], [0], [0]]), [true, true, true, false], 1);
    expect(weights[0]).toBe(0);
    expect(intercept).toBeCloseTo(Math.log(3), 8);
  });

  it('stays finite where the classes are apart and the features large', () => {
    const { weights, intercept } = fitLogistic(matrix([[-1e6], [-2e6], [1e6], [3e6]]), [false, false, true, true], 1);
    expect([weights[0], intercept].every(Number.isFinite)).toBe(true);
    expect([...logOdds({ weights, intercept }, matrix([[-1e6], [1e6]]))].map(Math.sign)).toEqual([-1, 1]);
  });

  it('handles more features than rows', () => {
    const rows = [0, 1, 2, 3].map((row) => Array.from({ length: 9 }, (_, i) => Math.sin(row * row * i + row)));
    const positive = [true, false, true, false];
    const scores = logOdds(fitLogistic(matrix(rows), positive, 0.01), matrix(rows));
    expect([...scores].map((score) => score > 0)).toEqual(positive);
  });

  it('is the same to the bit each time', () => {
    const fit = () => fitLogistic(matrix(fixture.features), fixture.positive, 1);
    expect(fit()).toEqual(fit());
  });
});

describe('conjugate gradients', () => {
  it('solve what is multiplied out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 1e6 }), (size, seed) => {
        const draw = random(seed, 'system');
        const factor = Array.from({ length: size }, () => Array.from({ length: size }, () => draw.normal()));
        const rows = factor.map((a, i) =>
          factor.map((b, j) => a.reduce((sum, value, k) => sum + value * b[k], i === j ? 1 : 0)),
        );
        const solution = rows.map(() => draw.normal());
        const multiply = (vector: ArrayLike<number>): Float64Array =>
          Float64Array.from(rows, (row) => row.reduce((sum, value, i) => sum + value * vector[i], 0));
        const found = conjugateGradients(multiply, multiply(solution), 1e-12);
        expect(largestDifference(found, solution)).toBeLessThan(1e-8);
      }),
      { numRuns: 50 },
    );
  });
});

describe('AUROC', () => {
  const of = (scores: number[], positive: boolean[]) => auroc(placements(Float64Array.from(scores), positive));
  const [no, yes] = [false, true];

  it('counts the pairs in the right order', () => {
    expect(of([1, 2, 3, 4], [no, no, yes, yes]).value).toBe(1);
    expect(of([4, 3, 2, 1], [no, no, yes, yes]).value).toBe(0);
    // 1 < 2, 1 < 4, 3 < 4 are right; 3 > 2 is not.
    expect(of([1, 2, 3, 4], [no, yes, no, yes]).value).toBe(0.75);
  });

  it('counts ties half', () => {
    expect(of([5, 5, 5, 5], [no, yes, no, yes]).value).toBe(0.5);
    // Positive 2 ties with negative 2 and beats 1; positive 3 beats both: 3.5 of 4.
    expect(of([1, 2, 2, 3], [no, no, yes, yes]).value).toBe(0.875);
    // Positives 0, 2, 2 against negatives 0, 2: 0.5 + 0, 1 + 0.5, 1 + 0.5 of 6.
    expect(of([0, 0, 2, 2, 2], [yes, no, yes, no, yes]).value).toBeCloseTo(3.5 / 6, 12);
  });

  it('is what scikit-learn says, with ties and without', () => {
    expect(of(fixture.ties.scores, fixture.positive).value).toBeCloseTo(fixture.ties.auroc, 12);
    for (const fit of fixture.fits) expect(of(fit.logOdds, fixture.positive).value).toBeCloseTo(fit.auroc, 12);
  });

  it('has the standard error of DeLong', () => {
    // Placements of the positives 0.5 and 1, of the negatives 1 and 0.5: variances 1/8, 1/8; each over 2 rows.
    expect(of([1, 2, 3, 4], [no, yes, no, yes]).standardError).toBeCloseTo(Math.sqrt(1 / 8), 12);
    expect(of([1, 2, 3, 4], [no, no, yes, yes]).standardError).toBe(0);
  });

  it('has the standard error that repeated draws have', () => {
    const draw = random(5, 'scores');
    const positive = Array.from({ length: 40 }, (_, row) => row % 2 === 0);
    const estimates = Array.from({ length: 400 }, () =>
      of(
        positive.map((up) => draw.normal() + (up ? 1 : 0)),
        positive,
      ),
    );
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const values = estimates.map(({ value }) => value);
    const spread = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
    expect(mean(estimates.map(({ standardError }) => standardError)) / spread).toBeCloseTo(1, 1);
  });

  it('differs by exactly nothing between equal scores', () => {
    const positive = [no, yes, no, yes];
    const [a, b] = [
      placements(Float64Array.of(1, 2, 3, 4), positive),
      placements(Float64Array.of(1, 4, 2, 3), positive),
    ];
    expect(aurocDifference(a, a)).toEqual({ value: 0, standardError: 0 });
    // 0.75 against 1.
    expect(aurocDifference(a, b).value).toBe(-0.25);
    expect(aurocDifference(a, b).standardError).toBeCloseTo(Math.sqrt(1 / 8), 12);
  });
});

/** Rows of noise whose first column tells the class apart by `distance` deviations. */
function rowsOf(seed: number, count: number, distance: number): LabelledFeatures {
  const draw = random(seed, 'features');
  const positive = Array.from({ length: count }, (_, row) => row % 2 === 0);
  const data = positive.flatMap((up) => [draw.normal() + (up ? distance : 0), draw.normal(), draw.normal(), 7]);
  return { features: { shape: [count, 4], data: Float32Array.from(data) }, positive };
}

describe('the linear probe', () => {
  it('separates what is separable', () => {
    expect(probe(rowsOf(1, 60, 20), rowsOf(2, 40, 20)).score).toEqual({ auroc: 1, standardError: 0, accuracy: 1 });
  });

  it('finds nothing where there is nothing', () => {
    const { score } = probe(rowsOf(1, 400, 0), rowsOf(2, 400, 0));
    expect(Math.abs(score.auroc - 0.5)).toBeLessThan(3 * score.standardError);
    expect(score.standardError).toBeLessThan(0.04);
  });

  it('finds what a shift of one deviation is worth', () => {
    const { score } = probe(rowsOf(1, 400, 1), rowsOf(2, 400, 1));
    // The normal distribution's at 1 / sqrt(2), and at 1 / 2.
    expect(Math.abs(score.auroc - 0.7602)).toBeLessThan(3 * score.standardError);
    expect(Math.abs(score.accuracy - 0.6915)).toBeLessThan(0.07);
  });

  it('does not depend on the unit and the origin of a feature', () => {
    const moved = ({ features: { shape, data }, positive }: LabelledFeatures): LabelledFeatures => ({
      features: { shape, data: data.map((value, i) => (i % 4 === 1 ? 1000 * value + 50 : value)) } satisfies HostTensor,
      positive,
    });
    const [train, valid] = [rowsOf(3, 80, 1), rowsOf(4, 80, 1)];
    const [plain, other] = [probe(train, valid), probe(moved(train), moved(valid))];
    expect(other.score.auroc).toBeCloseTo(plain.score.auroc, 6);
    expect(other.score.accuracy).toBe(plain.score.accuracy);
  });
});
