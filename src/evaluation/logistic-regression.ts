/**
 * Logistic regression for two classes with an L2 penalty, by Newton's method over all rows at once: deterministic, and
 * the minimum is unique, so that it depends on nothing but the data.
 *
 *   minimise  sum_i log(1 + exp(-s_i (w . x_i + b)))  +  penalty / 2 |w|^2      with s_i = +1 or -1
 *
 * as scikit-learn's LogisticRegression(C = 1 / penalty) has it. The intercept b is not penalised.
 */
import { conjugateGradients } from './conjugate-gradients.js';
import { addScaled, dot, rowOf, type Matrix } from './matrix.js';

export interface LinearClassifier {
  /** [width] */
  weights: Float64Array;
  intercept: number;
}

/** Newton's method is there in about ten; more means that rounding hides the last gain. */
const MAX_ITERATIONS = 100;
/** A step that promises to lower the objective by less is the last. */
const TOLERANCE = 1e-12;
/** Of a step: the next one corrects what is left. */
const STEP_PRECISION = 1e-4;
/** Share of the objective that rounding may add to it. */
const ROUNDING = 1e-12;

/**
 * @param features [n, width]
 * @param positive class of each row; both must occur
 * @param penalty above 0
 */
export function fitLogistic(features: Matrix, positive: readonly boolean[], penalty: number): LinearClassifier {
  const problem: Problem = { inputs: withOnes(features), signs: positive.map((yes) => (yes ? 1 : -1)), penalty };
  let solution = new Float64Array(problem.inputs.width);
  let loss = objective(problem, solution);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const { step, promise } = newtonStep(problem, solution);
    ({ solution, loss } = descend(problem, solution, loss, step));
    if (promise < TOLERANCE) break;
  }
  return { weights: solution.subarray(0, -1), intercept: solution[features.width] };
}

/** Log odds of the positive class for each row, [n]. */
export function logOdds({ weights, intercept }: LinearClassifier, features: Matrix): Float64Array {
  return Float64Array.from({ length: features.rows }, (_, row) => dot(weights, rowOf(features, row)) + intercept);
}

interface Problem {
  /** [n, width + 1]: the last column is 1 and stands for the intercept. */
  inputs: Matrix;
  /** [n]: +1 or -1 */
  signs: number[];
  penalty: number;
}

function withOnes(features: Matrix): Matrix {
  const { rows, width } = features;
  const values = new Float64Array(rows * (width + 1)).fill(1);
  for (let row = 0; row < rows; row++) values.set(rowOf(features, row), row * (width + 1));
  return { rows, width: width + 1, values };
}

function objective({ inputs, signs, penalty }: Problem, solution: Float64Array): number {
  const weights = solution.subarray(0, -1);
  let sum = (penalty / 2) * dot(weights, weights);
  signs.forEach((sign, row) => (sum += softplus(-sign * dot(solution, rowOf(inputs, row)))));
  return sum;
}

/** log(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Where the quadratic model of the objective is lowest, from here, and by how much it is lower there. */
function newtonStep(problem: Problem, solution: Float64Array): { step: Float64Array; promise: number } {
  const { inputs, signs } = problem;
  // Probability of the wrong class.
  const wrong = signs.map((sign, row) => 1 / (1 + Math.exp(sign * dot(solution, rowOf(inputs, row)))));
  const descent = penaltyTerm(problem, solution).map((value) => -value);
  signs.forEach((sign, row) => addScaled(descent, sign * wrong[row], rowOf(inputs, row)));
  const curve = (vector: Float64Array): Float64Array => {
    const product = penaltyTerm(problem, vector);
    wrong.forEach((share, row) => {
      const input = rowOf(inputs, row);
      addScaled(product, share * (1 - share) * dot(input, vector), input);
    });
    return product;
  };
  const step = conjugateGradients(curve, descent, STEP_PRECISION);
  return { step, promise: dot(step, descent) / 2 };
}

/** The penalty's Hessian times a vector. */
function penaltyTerm({ penalty }: Problem, vector: Float64Array): Float64Array {
  const product = vector.map((value) => penalty * value);
  product[vector.length - 1] = 0;
  return product;
}

/** Goes along the step, halved until the objective does not rise; it ends, as a share of 0 changes nothing. */
function descend(problem: Problem, from: Float64Array<ArrayBuffer>, loss: number, step: Float64Array) {
  for (let share = 1; ; share /= 2) {
    const solution = from.slice();
    addScaled(solution, share, step);
    const next = objective(problem, solution);
    if (next <= loss * (1 + ROUNDING)) return { solution, loss: next };
  }
}
