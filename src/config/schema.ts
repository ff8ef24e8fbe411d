/**
 * The one schema of a run's configuration. Each key's description is what `mlip config show` and docs/configuration.md
 * print. A recipe is a whole file of this shape; nothing outside this folder sees an undefined value.
 */
import { z } from 'zod';
import { refuseOtherArchitecture } from './vision-architecture.js';

const positive = z.number().int().positive();
const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);
const frozen = z.boolean();

// A key that only one of the architectures reads takes 0 (or an empty list) with the other.
const vision = z
  .strictObject({
    architecture: z
      .enum(['vit', 'resnet'])
      .describe('Encoder of the images; vit is the timm layout, resnet the torchvision layout with bottleneck blocks'),
    imageSize: positive.describe('Side of the square input in pixels, after the crop'),
    inputSize: count.describe('resnet: side in pixels to which it resizes its input; 0 keeps imageSize'),
    patchSize: count.describe('vit: side of a patch in pixels; divides imageSize'),
    width: positive.describe(
      'vit: embedding width of a token; resnet: width of the first stage (torchvision’s width_per_group), 64 for ResNet-50',
    ),
    layers: count.describe('vit: transformer blocks'),
    stages: z.array(positive).describe('resnet: bottleneck blocks of its four stages, [3, 4, 6, 3] for ResNet-50'),
    heads: count.describe('vit: attention heads; divides width'),
    mlpWidth: count.describe('vit: hidden width of the feed-forward layers'),
    dropout: share.describe('vit: dropout after attention and feed-forward layers'),
    frozen: frozen.describe('Leave the image encoder as it starts, and train what is above it'),
  })
  .superRefine(refuseOtherArchitecture)
  .refine((v) => v.architecture !== 'vit' || v.patchSize === 0 || v.imageSize % v.patchSize === 0, {
    path: ['patchSize'],
    message: 'must divide imageSize',
  })
  .refine((v) => v.architecture !== 'vit' || v.heads === 0 || v.width % v.heads === 0, {
    path: ['heads'],
    message: 'must divide width',
  });

const text = z
  .strictObject({
    architecture: z.enum(['bert']).describe('Encoder of the reports; bert is the Hugging Face layout'),
    width: positive.describe('Hidden width of a token'),
    layers: positive.describe('Transformer layers'),
    heads: positive.describe('Attention heads; divides width'),
    mlpWidth: positive.describe('Hidden width of the feed-forward layers'),
    maxPositions: positive.describe('Rows of the position table; at least data.maxPieces'),
    dropout: share.describe('Dropout of embeddings, attention and feed-forward layers'),
    frozen: frozen.describe('Leave the text encoder as it starts, and train what is above it'),
  })
  .refine((t) => t.width % t.heads === 0, { path: ['heads'], message: 'must divide width' });

const weight = z.number().nonnegative();
const temperature = z.number().positive();

const divergence = z.strictObject({
  heads: positive.describe('Attention heads of the divergence encoders; divides embeddingWidth'),
  dropout: share.describe('Dropout of the divergence encoders'),
});

const fusion = z.strictObject({
  layers: positive.describe('Layers of the fusion encoder, which has the width of the text encoder'),
  heads: positive.describe('Attention heads of the fusion encoder; divides model.text.width'),
  mlpWidth: positive.describe('Hidden width of the fusion encoder’s feed-forward layers'),
  dropout: share.describe('Dropout of the fusion encoder'),
});

const loss = z
  .strictObject({
    falseNegatives: z
      .enum(['mask', 'keep'])
      .describe('mask: rows of the same study or with the identical report are no negatives of each other'),
    global: z.strictObject({
      weight: weight.describe('Weight of the global contrast; 0 leaves it out'),
      temperature: temperature.describe('tau of the global contrast and of hard negatives'),
    }),
    divergence: z.strictObject({
      enabled: z.boolean().describe('Divergence encoders in the global contrast'),
      weight: weight.describe('Weight of the divergence term within the global loss'),
      margin: z.number().min(-1).max(1).describe('Cosine above which the divergence term pushes features apart'),
    }),
    local: z.strictObject({
      weight: weight.describe('Weight of the token-knowledge-patch alignment; 0 leaves it out'),
      temperature: temperature.describe('tau of the local alignment'),
    }),
    prototypes: z.strictObject({
      weight: weight.describe('Weight of the category-level contrast; 0 leaves it out'),
      temperature: temperature.describe('tau of the prototypes'),
      count: positive.describe('K, prototypes; at most batchSize + loss.prototypes.queue'),
      queue: count.describe('Recent embeddings that join the Sinkhorn codes'),
      frozenEpochs: count.describe('Epochs before prototypes are trained'),
      sinkhornEpsilon: z.number().positive().describe('Smoothness of the Sinkhorn codes'),
      sinkhornIterations: positive.describe('Sinkhorn iterations'),
    }),
    itm: z.strictObject({ weight: weight.describe('Weight of image-text matching; 0 leaves it out') }),
    ts: z.strictObject({ weight: weight.describe('Weight of text swapping; 0 leaves it out') }),
  })
  .refine((l) => [l.global, l.local, l.prototypes, l.itm, l.ts].some((part) => part.weight > 0), {
    path: ['global', 'weight'],
    message: 'one of the five losses must have a weight above 0',
  });

const knowledge = z.strictObject({
  enabled: z.boolean().describe('Align linked words with concepts, and give prototypes a view with knowledge'),
  graph: z.string().describe('Directory of a knowledge graph; empty takes the chest radiography graph of mlip'),
  embeddings: z.string().describe('Concept embeddings of that graph (safetensors); empty takes those of mlip’s graph'),
  width: positive.describe('Width of the concept embeddings'),
  maxLinks: positive.describe('Linked words of a report that are used; the rest is left out'),
});

/** Of two rows the other one is the negative, hard or not, and even where it is the same study. */
const MIN_ROWS_TO_DRAW_FROM = 3;

export const configSchema = z
  .strictObject({
    name: z.string().min(1).describe('Name of the recipe'),
    seed: z.number().int().min(0).max(0x7fffffff).describe('Seed of order, augmentation, dropout and initial weights'),
    batchSize: positive.describe('B, pairs of a step over all workers'),
    // One row has no variance that BatchNorm could use.
    microBatchSize: z.number().int().min(2).describe('m, pairs that are encoded at a time; divides batchSize'),
    epochs: positive.describe('Passes over the training rows'),
    steps: count.describe('Steps to train; 0 means epochs x steps per epoch'),
    initialWeights: z
      .string()
      .describe(
        'Weights to start from (safetensors, as mlip weights import writes them); empty starts from random ones',
      ),
    reduction: z
      .enum(['double', 'reproducible'])
      .describe(
        'How gradients are added: double rounds a sum in double; reproducible adds integers of a common scale, so that any number of workers gives the same bits',
      ),
    data: z.strictObject({
      manifest: z.string().describe('Manifest of image-report pairs (JSONL or CSV)'),
      vocabulary: z.string().describe('vocab.txt of WordPiece; empty builds one from the training reports'),
      vocabularySize: positive.describe('Pieces of a vocabulary that is built'),
      maxPieces: positive.describe('Pieces of a report, CLS and SEP included; the rest is cut'),
      resize: positive.describe('Long side in pixels to which an image is scaled before padding and cropping'),
      maxBadShare: share.describe('Share of unusable rows above which a run is refused or stopped'),
      maxPixels: positive.describe('Images of more pixels are refused'),
      prefetchSteps: positive.describe('Steps that decoding runs ahead'),
      decodeThreads: count.describe('Threads that decode images; 0 chooses'),
      cacheMb: count.describe('Memory of a worker for decoded images, in MiB'),
    }),
    model: z.strictObject({
      vision,
      text,
      headWidth: positive.describe('Hidden width of the projection heads'),
      embeddingWidth: positive.describe('d, width of the shared embedding'),
      divergence,
      fusion,
    }),
    loss,
    knowledge,
    optimizer: z.strictObject({
      learningRate: z.number().positive().describe('Peak learning rate'),
      startLearningRate: z.number().nonnegative().describe('Learning rate at the first step of the warm-up'),
      endLearningRate: z.number().nonnegative().describe('Learning rate at the end of the cosine'),
      warmupShare: share.describe('Share of the steps that warm up linearly'),
      beta1: share.describe('AdamW decay of the first moment'),
      beta2: share.describe('AdamW decay of the second moment'),
      epsilon: z.number().positive().describe('AdamW epsilon'),
      weightDecay: z.number().nonnegative().describe('Decoupled weight decay'),
      clipNorm: z
        .number()
        .nonnegative()
        .describe('Global gradient norm to which gradients are clipped; 0 does not clip'),
    }),
    engine: z.strictObject({
      device: z.enum(['auto', 'cpu', 'gpu']).describe('auto takes a GPU where there is one'),
      compile: z.boolean().describe('Compile the step; false runs each operation eagerly, for debugging'),
      compiler: z
        .enum(['auto', 'xla', 'executor'])
        .describe('What runs a compiled function: XLA or TensorFlow’s executor'),
      threads: count.describe('Intra-op threads of a worker; 0 shares the cores fairly'),
    }),
    checkpoint: z.strictObject({
      everySteps: count.describe('Steps between checkpoints; 0 saves only at the end'),
      keep: positive.describe('Newest checkpoints that are kept'),
      keepEverySteps: count.describe('Checkpoints of multiples of so many steps are kept for ever; 0 keeps none'),
      keepBest: z
        .string()
        .describe('Column of metrics.jsonl; the checkpoint where it is lowest is kept; empty keeps none'),
      destination: z
        .string()
        .describe('Where checkpoints go besides the output directory: s3://BUCKET/PREFIX, or empty for nowhere else'),
    }),
    elastic: z.strictObject({
      minWorkers: positive.describe('Workers without which the run does not go on; with fewer it waits'),
      maxWorkers: count.describe('Workers that take part at most; 0 means one for each micro-batch of a step'),
      rejoinMs: positive.describe('With fewer than minWorkers the run waits so long for others, then ends'),
      graceMs: positive.describe('A worker that is told to leave (SIGTERM) has gone by then'),
      rebalanceSteps: count.describe(
        'Steps between two assignments of micro-batches by measured speed; 0 only at changes of membership',
      ),
      stragglerFactor: z
        .number()
        .min(1)
        .describe('A rank so many times slower than the median is named as a straggler'),
      stragglerMs: count.describe('A straggler is dropped when it has been one for so long; 0 never'),
    }),
    integrity: z.strictObject({
      hashSteps: count.describe('Steps between two comparisons of the parameters of all ranks; 0 never compares'),
      maxSkippedSteps: count.describe('Steps in a row that may be left out because a gradient is not finite'),
    }),
    evaluation: z.strictObject({
      pairs: positive.describe('Pairs of the retrieval score at the end of a run, at most'),
      batchSize: positive.describe('Pairs that are encoded at a time during evaluation'),
    }),
    timeouts: z.strictObject({
      joinMs: positive.describe('The workers that a run starts with must have joined by then'),
      heartbeatMs: positive.describe(
        'Between two heartbeats of a worker; three missed ones lose it, thirty until its first step is done',
      ),
      stepMs: positive.describe('A gather or a reduction must be complete by then'),
      dataMs: positive.describe('A batch must be decoded by then'),
      reconnectMs: positive.describe('A worker that has lost its coordinator tries so long to find it, or another one'),
      leaseMs: positive.describe('A coordinator that has not renewed its lease for so long commands no more'),
    }),
  })
  .refine((c) => c.batchSize % c.microBatchSize === 0, {
    path: ['microBatchSize'],
    message: 'must divide batchSize',
  })
  .refine((c) => c.model.embeddingWidth % c.model.divergence.heads === 0, {
    path: ['model', 'divergence', 'heads'],
    message: 'must divide model.embeddingWidth',
  })
  .refine((c) => c.model.text.width % c.model.fusion.heads === 0, {
    path: ['model', 'fusion', 'heads'],
    message: 'must divide model.text.width',
  })
  .refine((c) => c.loss.prototypes.weight === 0 || codesCanBeFull(c.batchSize, c.loss.prototypes), {
    path: ['loss', 'prototypes', 'count'],
    message: 'must be at most batchSize + loss.prototypes.queue, or some prototypes would never get a code',
  })
  .refine((c) => c.loss.itm.weight + c.loss.ts.weight === 0 || c.microBatchSize >= MIN_ROWS_TO_DRAW_FROM, {
    path: ['microBatchSize'],
    message: `must be at least ${MIN_ROWS_TO_DRAW_FROM} where loss.itm.weight or loss.ts.weight is above 0: hard negatives are drawn among the other rows`,
  })
  .refine((c) => !c.knowledge.enabled || c.loss.local.weight + c.loss.prototypes.weight > 0, {
    path: ['knowledge', 'enabled'],
    message: 'needs loss.local.weight or loss.prototypes.weight above 0, which are what knowledge acts on',
  })
  .refine((c) => c.data.maxPieces <= c.model.text.maxPositions, {
    path: ['data', 'maxPieces'],
    message: 'must be at most model.text.maxPositions',
  })
  .refine((c) => c.data.resize >= c.model.vision.imageSize, {
    path: ['data', 'resize'],
    message: 'must be at least model.vision.imageSize',
  });

function codesCanBeFull(batchSize: number, { count: prototypes, queue }: { count: number; queue: number }): boolean {
  return prototypes <= batchSize + queue;
}

/** A complete configuration: every key has a value. */
export type Config = z.infer<typeof configSchema>;
export type VisionConfig = Config['model']['vision'];
export type TextConfig = Config['model']['text'];
export type DivergenceConfig = Config['model']['divergence'];
export type FusionConfig = Config['model']['fusion'];
