/** The evaluations that a run has left: OUT/evaluations/step-N with retrieval.json and pictures. */
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../core/errors.js';
import { isInside } from '../security/inside.js';
import { json, notFound, type Reply } from './reply.js';

const FOLDER = 'evaluations';
const FILE = 'retrieval.json';

/** Small pictures; what is larger was not written by an evaluation. */
const MOST_BYTES = 2 << 20;
const PICTURE_TYPES: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png' };

const share = z.number();
const recall = z.object({ r1: share, r5: share, r10: share });
const fileSchema = z.looseObject({
  version: z.literal(1, { error: 'was written by another version of mlip' }),
  split: z.string(),
  pairs: z.number(),
  imageToReport: recall,
  reportToImage: recall,
});

/** In rising order. */
export async function evaluatedSteps(directory: string): Promise<number[]> {
  const names = await readdir(join(directory, FOLDER)).catch(() => []);
  return names
    .map((name) => /^step-(\d{1,12})$/.exec(name)?.[1])
    .filter((step) => step !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** All that there are: their scores, or why they cannot be read. */
export async function evaluationsOf(directory: string): Promise<unknown[]> {
  const steps = await evaluatedSteps(directory);
  return Promise.all(
    steps.map(async (step) => {
      try {
        const { split, pairs, imageToReport, reportToImage } = await readEvaluation(directory, step);
        return { step, split, pairs, imageToReport, reportToImage };
      } catch (error) {
        return { step, problem: reasonOf(error) };
      }
    }),
  );
}

/** @param rest the step, and the name of a picture or nothing */
export async function evaluationReply(directory: string, [step, picture]: string[]): Promise<Reply> {
  const known = (await evaluatedSteps(directory)).find((number) => String(number) === step);
  if (known === undefined) return notFound();
  if (picture !== undefined) return pictureReply(directory, known, picture);
  try {
    return json(await readEvaluation(directory, known));
  } catch (error) {
    return json({ problem: reasonOf(error) });
  }
}

async function readEvaluation(directory: string, step: number): Promise<z.infer<typeof fileSchema>> {
  const text = await readFile(join(directory, FOLDER, `step-${step}`, FILE), 'utf8');
  return fileSchema.parse(JSON.parse(text));
}

/** A link that leads out of the evaluation is none of its pictures. */
async function pictureReply(directory: string, step: number, name: string): Promise<Reply> {
  const type = PICTURE_TYPES[/^[\w-]{1,64}\.(\w{3})$/.exec(name)?.[1] ?? ''];
  if (type === undefined) return notFound();
  const folder = join(directory, FOLDER, `step-${step}`);
  try {
    const [home, path] = await Promise.all([realpath(folder), realpath(join(folder, name))]);
    if (!isInside(home, path) || (await stat(path)).size > MOST_BYTES) return notFound();
    return { status: 200, type, body: await readFile(path) };
  } catch {
    return notFound();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return `${FILE} cannot be read: ${z.prettifyError(error).split('\n').join(' ')}`;
  return `${FILE} cannot be read: ${messageOf(error)}`;
}
