/**
 * How far two classes of images can be told apart by a linear classifier on the frozen features of a checkpoint's image
 * encoder. The same probe on the encoder before training says how much of that training has brought.
 */
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { readLabelledImages, type LabelledImage } from '../data/labelled-images.js';
import { readManifest } from '../data/manifest.js';
import { splitPairs } from '../data/pairs.js';
import { describeFault, faultyLines } from '../data/usable.js';
import { loadEngine } from '../engine/load.js';
import { aurocDifference, type Estimate } from './auroc.js';
import { featureTables, ofSplit, type FeatureTable } from './feature-table.js';
import { requireFinite } from './finite.js';
import { countClasses, imagesOfClasses, requireImages, type ClassCounts, type ClassPair } from './image-classes.js';
import { createFeatureExtractors, untrainedImageEncoder } from './image-features.js';
import { probe, type Probe, type ProbeScore } from './linear-probe.js';
import { readTrainedModel, type TrainedModel } from './trained-model.js';

export interface SeparabilityOptions {
  /** Directory of a checkpoint. */
  checkpoint: string;
  /** List of labelled images: image, label, split. */
  images: string;
  classes: ClassPair;
  /** Probes images of 32 x 32 pixels too. */
  pixels?: boolean | undefined;
  log: Logger;
  /** Called after each batch. */
  onProgress?: (done: number, total: number) => void;
}

export interface SeparabilityReport {
  /** The negative class and the positive one. */
  classes: ClassPair;
  /** Images the probes are fitted to. */
  train: ClassCounts;
  /** Images the probes are scored on. */
  valid: ClassCounts;
  /** Images left out because they cannot be read. */
  leftOut: number;
  /** Valid images that the checkpoint was trained on, with their reports; null where its manifest cannot be read. */
  validInTraining: number | null;
  /** What a classifier gets that does not look: for accuracy, by always naming the larger class. */
  chance: { auroc: number; accuracy: number };
  trained: ProbeScore;
  /** The encoder as training began. */
  untrained: ProbeScore;
  /** AUROC of `trained` less that of `untrained`. */
  gain: Estimate;
  pixels?: ProbeScore;
}

/** Side of the images whose pixels are probed. */
const PIXELS_SIDE = 32;

/**
 * @throws MLIP_E_CHECKPOINT_*, MLIP_E_DATA_* for the list and its images, MLIP_E_EVALUATION_UNKNOWN_CLASS,
 * MLIP_E_EVALUATION_TOO_FEW_IMAGES, MLIP_E_EVALUATION_NOT_FINITE, and what loading the engine throws.
 */
export async function evaluateSeparability(options: SeparabilityOptions): Promise<SeparabilityReport> {
  const { classes, images } = options;
  const model = await readTrainedModel(options.checkpoint);
  const chosen = await chooseImages(options, model.config);
  const [trained, untrained] = await encode(chosen, model, options);
  const { rows } = trained;
  requireReadable(chosen.length, rows.length, images, model.config.data.maxBadShare);
  requireImages(rows, classes, images);
  requireFinite(trained.features, 'image encoder');
  const [after, before] = [probeTable(trained, classes), probeTable(untrained, classes)];
  return {
    classes,
    train: countClasses(rows, classes, 'train'),
    valid: countClasses(rows, classes, 'valid'),
    leftOut: chosen.length - rows.length,
    validInTraining: await countSeen(rows, model.config.data.manifest),
    chance: { auroc: 0.5, accuracy: largerShare(countClasses(rows, classes, 'valid')) },
    trained: after.score,
    untrained: before.score,
    gain: aurocDifference(after.placements, before.placements),
    ...(options.pixels ? { pixels: await probePixels(rows, model.config, options) } : {}),
  };
}

async function chooseImages({ images, classes, log }: SeparabilityOptions, { data }: Config): Promise<LabelledImage[]> {
  const { path, rows, faults } = await readLabelledImages(images, data.maxBadShare);
  if (faults.length > 0) {
    log.warn('left out faulty rows', { rows: faultyLines(faults), first: describeFault(path, faults[0]) });
  }
  const chosen = imagesOfClasses(rows, classes, images);
  requireImages(chosen, classes, images);
  return chosen;
}

/** Features of the images by the model as it is trained, and as it began. */
async function encode(
  rows: readonly LabelledImage[],
  { config, vocabulary, tensors }: TrainedModel,
  { log, onProgress }: SeparabilityOptions,
): Promise<FeatureTable[]> {
  const engine = await loadEngine(config.engine);
  const models = [tensors, await untrainedImageEncoder(config, vocabulary, log)];
  const extractors = createFeatureExtractors(engine, config, models);
  const ways = extractors.map(({ extract }) => extract);
  return featureTables(rows, ways, { config, log, onProgress }).finally(() => {
    for (const { dispose } of extractors) dispose();
  });
}

function requireReadable(all: number, readable: number, list: string, maxBadShare: number): void {
  if (readable > 0 && all - readable <= maxBadShare * all) return;
  throw new MlipError('MLIP_E_DATA_IMAGES', `${all - readable} of ${all} images are unusable`, {
    where: list,
    remedy: `Repair the images named above or remove their rows: at most ${maxBadShare * 100} % may be unusable.`,
  });
}

function probeTable(table: FeatureTable, classes: ClassPair): Probe {
  return probe(ofSplit(table, 'train', classes), ofSplit(table, 'valid', classes));
}

/** The whole images at a size at which a linear classifier can still be fitted. */
async function probePixels(
  rows: readonly LabelledImage[],
  config: Config,
  { classes, log }: SeparabilityOptions,
): Promise<ProbeScore> {
  const data = { ...config.data, resize: PIXELS_SIDE };
  const small = { ...config, data, model: { vision: { imageSize: PIXELS_SIDE } } };
  const [table] = await featureTables(rows, [async (images) => Float32Array.from(images)], { config: small, log });
  return probeTable(table, classes).score;
}

/** Valid images that are training pairs of the manifest. */
async function countSeen(rows: readonly LabelledImage[], manifest: string): Promise<number | null> {
  try {
    const trained = new Set(splitPairs(await readManifest(manifest)).train.map(({ image }) => image));
    return rows.filter(({ split, image }) => split === 'valid' && trained.has(image)).length;
  } catch (error) {
    // A checkpoint may be scored where its manifest is not.
    if (error instanceof MlipError) return null;
    throw error;
  }
}

function largerShare(counts: ClassCounts): number {
  const sizes = Object.values(counts);
  return Math.max(...sizes) / sizes.reduce((sum, size) => sum + size, 0);
}
