/** The runs that are disturbed: a model of a few thousand parameters and deadlines of seconds, so that all is over in minutes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../../src/data/synth/corpus.js';

/** `contrast` has the global loss alone; `whole` has all five losses, and knowledge. */
export type Method = 'contrast' | 'whole';

export interface Trial {
  readonly config: string;
  readonly manifest: string;
}

export interface TrialOptions {
  readonly folder: string;
  readonly method: Method;
  readonly steps: number;
}

/** Workers that a run starts with. */
export const WORKERS = 3;
/** At most, those that join included; each has a micro-batch then. */
export const MAX_WORKERS = 6;

/** Training rows: ten steps of 12, or of 18. */
const BATCHES_PER_EPOCH = 10;
const VALID_PAIRS = 12;

/** Three rows at least: the hard negatives are drawn among the other rows. */
const MICRO_BATCH: Record<Method, number> = { contrast: 2, whole: 3 };

/** Writes a corpus of small pictures and the configuration into the folder. */
export async function prepareTrial({ folder, method, steps }: TrialOptions): Promise<Trial> {
  const microBatch = MICRO_BATCH[method];
  const batch = microBatch * MAX_WORKERS;
  const pairs = batch * BATCHES_PER_EPOCH + VALID_PAIRS;
  const corpus = { pairs, validPairs: VALID_PAIRS, seed: 1, size: 48, out: join(folder, 'corpus') };
  const { manifest } = await synthesize(corpus);
  const config = join(folder, 'chaos.yaml');
  writeFileSync(config, `${RECIPES[method]}${common({ batch, microBatch, steps })}`);
  return { config, manifest };
}

interface Sizes {
  batch: number;
  microBatch: number;
  steps: number;
}

function common({ batch, microBatch, steps }: Sizes): string {
  return `
batchSize: ${batch}
microBatchSize: ${microBatch}
steps: ${steps}
data: { resize: 32, maxPieces: 16, vocabularySize: 200, decodeThreads: 1, cacheMb: 64 }
optimizer: { learningRate: 0.001 }
engine: { device: cpu, compiler: executor, threads: 1 }
checkpoint: { everySteps: 10 }
elastic: { minWorkers: 1, rejoinMs: 120000, graceMs: 8000, rebalanceSteps: 7 }
integrity: { hashSteps: 5 }
evaluation: { pairs: 8, batchSize: 8 }
timeouts: { joinMs: 120000, heartbeatMs: 500, stepMs: 30000, dataMs: 30000, reconnectMs: 30000, leaseMs: 3000 }
`;
}

const ENCODERS = `
  vision: { imageSize: 32, patchSize: 8, width: 16, layers: 1, heads: 2, mlpWidth: 32 }
  text: { width: 16, layers: 1, heads: 2, mlpWidth: 32, maxPositions: 16 }
  headWidth: 32
  embeddingWidth: 16`;

const RECIPES: Record<Method, string> = {
  contrast: `
recipe: clip-nano
model:${ENCODERS}
`,
  whole: `
recipe: mlip-nano
model:${ENCODERS}
  divergence: { heads: 2, dropout: 0.1 }
  fusion: { layers: 1, heads: 2, mlpWidth: 32 }
loss:
  prototypes: { count: 16, queue: 24, frozenEpochs: 1 }
`,
};
