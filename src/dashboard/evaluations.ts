/** The evaluations that a run has left: OUT/evaluations/step-N. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'evaluations';

/** In rising order. */
export async function evaluatedSteps(directory: string): Promise<number[]> {
  const names = await readdir(join(directory, FOLDER)).catch(() => []);
  return names
    .map((name) => /^step-(\d{1,12})$/.exec(name)?.[1])
    .filter((step) => step !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}
