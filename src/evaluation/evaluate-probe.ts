/**
 * Linear probe of a checkpoint: for each label of a manifest, how well a linear classifier on the frozen global feature of
 * the image encoder, before the head, finds the images that have it.
 */
import type { Logger } from '../core/log.js';
import { readManifest, type Split } from '../data/manifest.js';
import { splitPairs, type Pair } from '../data/pairs.js';
import { evaluationEngine } from './encode-pairs.js';
import { requirePairs } from './evaluation-pairs.js';
import { featureTables, type FeatureTable } from './feature-table.js';
import { requireFinite } from './finite.js';
import { createFeatureExtractors } from './image-features.js';
import { pickRows } from './join-rows.js';
import { probableLabels, probeLabels, type FeaturesOfRows } from './label-probe.js';
import type { DividedLabels, LabelScores } from './label-scores.js';
import { requireLabels } from './require-labels.js';
import { readTrainedModel, type TrainedModel } from './trained-model.js';

/** Rows that a probe is fitted to at most, where nothing else is asked for. */
export const PROBE_TRAIN_ROWS = 1000;

export interface ProbeOptions {
  /** Directory of a checkpoint. */
  checkpoint: string;
  /** Manifest whose rows have labels. */
  manifest: string;
  /** Training rows at most, spread evenly over the split; 1000 by default. */
  train?: number | undefined;
  /** Rows to score: `valid` where the manifest has such rows, else `test`. */
  split?: Exclude<Split, 'train'> | undefined;
  log: Logger;
  /** Called after each batch. */
  onProgress?: (done: number, total: number) => void;
}

export interface ProbeReport extends LabelScores {
  /** Rows that the classifiers are fitted to. */
  train: number;
  /** Rows that they are scored on. */
  pairs: number;
  split: Split;
}

/**
 * @throws MLIP_E_CHECKPOINT_*, MLIP_E_DATA_* for the manifest, MLIP_E_EVALUATION_NO_PAIRS where the manifest has no
 * training or no held-out rows, MLIP_E_EVALUATION_NO_LABELS, MLIP_E_EVALUATION_NOT_FINITE, and what loading the engine
 * throws.
 */
export async function evaluateProbe(options: ProbeOptions): Promise<ProbeReport> {
  const { manifest } = options;
  const model = await readTrainedModel(options.checkpoint);
  const { train, heldOut, split } = await chooseRows(options);
  const labelsOf = (fitted: readonly Pair[], scored: readonly Pair[]): DividedLabels =>
    requireLabels(probableLabels(fitted, scored, split), manifest);
  // Encoding takes long: what is wrong with the labels is said before.
  labelsOf(train, heldOut);
  const table = await describeImages([...train, ...heldOut], model, options);
  const fitted = rowsOf(table, isTraining);
  const scored = rowsOf(table, (pair) => !isTraining(pair));
  const scores = probeLabels(fitted, scored, labelsOf(fitted.rows, scored.rows));
  return { ...scores, train: fitted.rows.length, pairs: scored.rows.length, split };
}

interface ChosenRows {
  train: Pair[];
  heldOut: Pair[];
  split: Split;
}

async function chooseRows({ manifest, train, split }: ProbeOptions): Promise<ChosenRows> {
  const sets = splitPairs(await readManifest(manifest));
  const chosen = split ?? (sets.valid.length > 0 ? 'valid' : 'test');
  requirePairs(sets.train, manifest, 'train');
  requirePairs(sets[chosen], manifest, chosen);
  return { train: spread(sets.train, train ?? PROBE_TRAIN_ROWS), heldOut: sets[chosen], split: chosen };
}

/** Some of the rows, from the first to the last: files are often sorted. */
function spread(rows: readonly Pair[], most: number): Pair[] {
  const count = Math.min(rows.length, most);
  return Array.from({ length: count }, (_, at) => rows[Math.floor((at * rows.length) / count)]);
}

async function describeImages(
  rows: readonly Pair[],
  { config, tensors }: TrainedModel,
  { log, onProgress }: ProbeOptions,
): Promise<FeatureTable<Pair>> {
  const [extractor] = createFeatureExtractors(await evaluationEngine(config), config, [tensors]);
  const tables = await featureTables(rows, [extractor.extract], { config, log, onProgress }).finally(extractor.dispose);
  requireFinite(tables[0].features, 'image encoder');
  return tables[0];
}

/** Rows without a split are training rows. */
const isTraining = ({ split }: Pair): boolean => (split ?? 'train') === 'train';

function rowsOf({ rows, features }: FeatureTable<Pair>, wanted: (pair: Pair) => boolean): FeaturesOfRows<Pair> {
  const chosen = [...rows.keys()].filter((at) => wanted(rows[at]));
  return { rows: chosen.map((at) => rows[at]), features: pickRows(features, chosen) };
}
