/**
 * Leaves an evaluation where it can be looked at: OUT/evaluations/step-N with retrieval.json, which has the scores and a few examples,
 * and small pictures of the images among them. Whole or not at all.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import type { Config } from '../config/schema.js';
import { withDraft } from '../core/durable-file.js';
import { MlipError, messageOf } from '../core/errors.js';
import { decodeSquare } from '../data/image.js';
import type { Pair } from '../data/pairs.js';
import type { PairEmbeddings } from './encode-pairs.js';
import type { RetrievalReport } from './retrieval.js';
import { retrievalExamples, type RetrievalExample } from './retrieval-examples.js';

/** Contents of retrieval.json. */
export interface RetrievalFile extends RetrievalReport {
  version: 1;
  /** Steps applied; null where the checkpoint is none of a run. */
  step: number | null;
  time: string;
  checkpoint: string;
  examples: RetrievalExample[];
  /** The pairs that the examples name, by their position. */
  shown: Record<number, ShownPair>;
}

export interface ShownPair {
  /** Name of the picture beside the file. */
  picture: string;
  /** As the manifest names it. */
  image: string;
  report: string;
  labels: string[];
}

export const RETRIEVAL_FILE = 'retrieval.json';

const PICTURE_SIDE = 192;
const QUALITY = 82;

/** Where the evaluation of a checkpoint OUT/checkpoints/step-N belongs; null where it is none of an output directory. */
export function reportDirectoryOf(checkpoint: string): string | null {
  const path = resolve(checkpoint);
  const out = dirname(dirname(path));
  const belongs =
    basename(dirname(path)) === 'checkpoints' && stepOf(path) !== null && existsSync(join(out, 'config.yaml'));
  return belongs ? join(out, 'evaluations', basename(path)) : null;
}

function stepOf(checkpoint: string): number | null {
  const step = /^step-(\d+)$/.exec(basename(resolve(checkpoint)));
  return step === null ? null : Number(step[1]);
}

export interface Evaluated {
  checkpoint: string;
  config: Pick<Config, 'data'>;
  embeddings: PairEmbeddings;
  report: RetrievalReport;
}

/** In the place of an earlier evaluation of that name. @throws MLIP_E_OUT_WRITE */
export async function writeRetrieval(directory: string, evaluated: Evaluated): Promise<void> {
  try {
    await requireOwn(directory);
    await mkdir(dirname(resolve(directory)), { recursive: true });
    await withDraft(directory, async (draft) => {
      await mkdir(draft);
      await writeInto(draft, evaluated);
      await rm(directory, { recursive: true, force: true });
      await rename(draft, directory);
    });
  } catch (cause) {
    throw new MlipError('MLIP_E_OUT_WRITE', `the examples of an evaluation cannot be written: ${messageOf(cause)}`, {
      where: directory,
      remedy:
        'Check permissions and free space, name another directory with --report, or leave them out with --no-report.',
      cause,
    });
  }
}

const OWN_FILE = /^(retrieval\.json|pair-\d+\.jpg)$/;

/** What is in the place of an evaluation is removed, so it must be one. */
async function requireOwn(directory: string): Promise<void> {
  const names = existsSync(directory) ? await readdir(directory) : [];
  const other = names.find((name) => !OWN_FILE.test(name));
  if (other !== undefined) throw new Error(`it holds ${other}, which is of no evaluation`);
}

async function writeInto(directory: string, { checkpoint, config, embeddings, report }: Evaluated): Promise<void> {
  const { pairs, images, reports } = embeddings;
  const examples = retrievalExamples(images, reports);
  const named = new Set(examples.flatMap(({ pair, found }) => [pair, ...found.map((row) => row.pair)]));
  const shown: Record<number, ShownPair> = {};
  for (const index of named) shown[index] = await showPair(directory, index, pairs[index], config);
  const file: RetrievalFile = {
    ...{ version: 1, step: stepOf(checkpoint), time: new Date().toISOString(), checkpoint: resolve(checkpoint) },
    ...{ ...report, examples, shown },
  };
  await writeFile(join(directory, RETRIEVAL_FILE), `${JSON.stringify(file)}\n`);
}

async function showPair(
  directory: string,
  index: number,
  { image, imageName, text, labels }: Pair,
  { data }: Evaluated['config'],
): Promise<ShownPair> {
  const picture = `pair-${index}.jpg`;
  const { pixels } = await decodeSquare(image, PICTURE_SIDE, data);
  const raw = { width: PICTURE_SIDE, height: PICTURE_SIDE, channels: 1 } as const;
  await sharp(pixels, { raw }).jpeg({ quality: QUALITY }).toFile(join(directory, picture));
  return { picture, image: imageName, report: text, labels };
}
