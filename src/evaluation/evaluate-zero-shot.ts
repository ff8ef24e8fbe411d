/**
 * Zero-shot scores of a checkpoint: for each label of a manifest, how well the images that have it are told from those
 * that have not by how near they are to sentences that say so.
 */
import { didYouMean } from '../config/suggest.js';
import type { HostTensor } from '../core/host-tensor.js';
import type { Logger } from '../core/log.js';
import type { Split } from '../data/manifest.js';
import type { Pair } from '../data/pairs.js';
import { encodePairs, evaluationEngine } from './encode-pairs.js';
import { encodePrompts } from './encode-prompts.js';
import { createEncoder, type Encoder } from './encoder.js';
import { choosePairs, requirePairs } from './evaluation-pairs.js';
import { requireFinite } from './finite.js';
import { divideLabels, labelNames, rowsWith, scoreLabel, summariseLabels, unscorable } from './label-scores.js';
import type { DividedLabels, LabelScore, LabelScores } from './label-scores.js';
import { CHEST_PROMPTS, findPrompts, plainName, readPrompts, type LabelPrompts, type PromptFile } from './prompts.js';
import { requireLabels } from './require-labels.js';
import { readTrainedModel, type TrainedModel } from './trained-model.js';
import { zeroShotScores, type PromptEmbeddings } from './zero-shot.js';

export interface ZeroShotOptions {
  /** Directory of a checkpoint. */
  checkpoint: string;
  /** Manifest whose rows have labels. */
  manifest: string;
  /** File of prompts by label; those of mlip for chest radiographs where it is not given. */
  prompts?: string | undefined;
  /** `valid` where the manifest has such rows, else `test`, else `train`. */
  split?: Split | undefined;
  log: Logger;
  /** Called after each batch. */
  onProgress?: (done: number, total: number) => void;
}

export interface ZeroShotReport extends LabelScores {
  /** Scored rows. */
  pairs: number;
  /** Where they come from. */
  split: Split;
  /** The file of prompts. */
  prompts: string;
}

/**
 * @throws MLIP_E_CHECKPOINT_*, MLIP_E_DATA_* for the manifest, MLIP_E_EVALUATION_PROMPTS, MLIP_E_EVALUATION_NO_PAIRS,
 * MLIP_E_EVALUATION_NO_LABELS, MLIP_E_EVALUATION_NOT_FINITE, and what loading the engine throws.
 */
export async function evaluateZeroShot(options: ZeroShotOptions): Promise<ZeroShotReport> {
  const { manifest, split } = options;
  const file = await readPrompts(options.prompts ?? CHEST_PROMPTS);
  const model = await readTrainedModel(options.checkpoint);
  const chosen = await choosePairs({ manifest, count: Infinity, split });
  const divide = (pairs: readonly Pair[]): DividedLabels =>
    requireLabels(divideByPrompts(pairs, chosen.source, file, options.prompts !== undefined), manifest);
  // Encoding takes long: what is wrong with the labels is said before.
  divide(chosen.pairs);
  const encoder = createEncoder(await evaluationEngine(model.config), model.config, model.tensors);
  try {
    const { pairs, images } = await encodePairs(encoder, model, chosen.pairs, options);
    requirePairs(pairs, manifest);
    requireFinite(images, 'image encoder');
    const { scored, leftOut } = divide(pairs);
    const labels: LabelScore[] = [];
    for (const label of scored) {
      const prompts = await embed(encoder, model, findPrompts(file, label)!);
      labels.push(scoreLabel(label, zeroShotScores(images, prompts), rowsWith(pairs, label)));
    }
    const scores = summariseLabels(labels, leftOut);
    return { ...scores, pairs: pairs.length, split: chosen.source, prompts: file.path };
  } finally {
    encoder.dispose();
  }
}

/** @param own whether the user wrote the prompts: then each of their labels is meant, and one that no row has is named. */
function divideByPrompts(pairs: readonly Pair[], split: Split, file: PromptFile, own: boolean): DividedLabels {
  const names = labelNames(pairs);
  const plain = new Set(names.map(plainName));
  const unknown = own ? [...file.prompts.keys()].filter((name) => !plain.has(plainName(name))) : [];
  return divideLabels([...names, ...unknown], (label) => {
    if (unknown.includes(label)) return `no row of the split ${split} has it. ${didYouMean(label, names)}`.trimEnd();
    if (findPrompts(file, label) === undefined) return `no prompts in ${file.path}`;
    return unscorable(rowsWith(pairs, label), split);
  });
}

async function embed(encoder: Encoder, model: TrainedModel, prompts: LabelPrompts): Promise<PromptEmbeddings> {
  const encode = async (texts: readonly string[]): Promise<HostTensor> => {
    const embeddings = await encodePrompts(encoder, model, texts);
    requireFinite(embeddings, 'report encoder');
    return embeddings;
  };
  const present = await encode(prompts.present);
  return { present, absent: prompts.absent.length > 0 ? await encode(prompts.absent) : undefined };
}
