/** metrics.jsonl of a disturbed run beside that of a quiet one: each step once, and the same numbers. */

export type MetricsLine = Readonly<Record<string, number>>;

/** Relative, of every number at every step. */
export const TOLERANCE = 1e-5;

export interface LinesCompared {
  /** What is not as it should be. */
  readonly problems: readonly string[];
  /** Largest relative difference, and where it is. */
  readonly worst: { readonly difference: number; readonly where: string };
}

/** What a step computes; the rest of a line says how long it took and who took part. */
const COMPUTED = /^(epoch|lr|grad_norm|loss.*|skipped)$/;

export function compareLines(quiet: readonly MetricsLine[], disturbed: readonly MetricsLine[]): LinesCompared {
  const problems = stepProblems(disturbed, quiet.length);
  let worst = { difference: 0, where: '' };
  for (const expected of quiet) {
    const found = disturbed.find(({ step }) => step === expected.step);
    if (found === undefined) continue;
    for (const name of namesOf(expected, found)) {
      const difference = relative(expected[name], found[name]);
      if (difference === 0) continue;
      const where = `${name} of step ${expected.step}: ${found[name]} in place of ${expected[name]}`;
      if (difference > worst.difference) worst = { difference, where };
      if (difference > TOLERANCE) problems.push(where);
    }
  }
  return { problems, worst };
}

/** Each once, in order. */
function stepProblems(lines: readonly MetricsLine[], steps: number): string[] {
  const own = lines.map(({ step }) => step);
  const expected = Array.from({ length: steps }, (_, index) => index + 1);
  if (own.length === steps && own.every((step, index) => step === expected[index])) return [];
  const missing = expected.filter((step) => !own.includes(step));
  const repeated = own.filter((step, index) => own.indexOf(step) !== index);
  return [`${own.length} steps in place of ${steps}: missing [${missing.join()}], repeated [${repeated.join()}]`];
}

function namesOf(a: MetricsLine, b: MetricsLine): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => COMPUTED.test(name));
}

/** Infinite where a number is missing or is none. */
function relative(expected: number | undefined, found: number | undefined): number {
  if (expected === found) return 0;
  const difference = Math.abs((expected ?? NaN) - (found ?? NaN));
  return Number.isFinite(difference) ? difference / Math.max(Math.abs(expected!), Math.abs(found!)) : Infinity;
}
