// docs/sizing.md: what a run of a size needs, with its arithmetic.
import type { Config } from '../../src/config/schema.js';
import { resolveConfig } from '../../src/config/load.js';
import { NOTICE, table } from './tables.js';
import { gatheredBytes, modelElements, ringBytes, rowBytes } from './traffic.js';

/** What one coordinator sends in a second, `npm run bench -- gather`; docs/benchmarks.md says on which machine. */
const COORDINATOR_BYTES_A_SECOND = 480e6;
/** 25 Gbit/s. */
const LINK_BYTES_A_SECOND = 25e9 / 8;

const RECIPES = ['clip-vit-b16', 'mgca-vit-b16', 'mlip-vit-b16', 'mlip-resnet50'];
const WORKERS = [2, 8, 32, 64, 128, 256, 1000];
const BATCHES = [
  ['24 rows a worker', (workers: number) => 24 * workers],
  ['4,096 rows in all, at least 2 a worker', (workers: number) => Math.max(4096, 2 * workers)],
] as const;

/** In the unit in which it is 1 to 1,000. */
function size(bytes: number): string {
  const unit = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  return `${format(bytes / 1000 ** unit)} ${UNITS[unit]}`;
}

const UNITS = ['B', 'KB', 'MB', 'GB'];

const seconds = (value: number): string => (value < 1 ? `${format(1000 * value)} ms` : `${format(value)} s`);

function format(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: value >= 100 ? 3 : 2 });
}

function configOf(recipe: string): Config {
  return resolveConfig({ recipeOrFile: recipe }).config;
}

function elementsOf(config: Config): number {
  return modelElements(config, config.data.vocabularySize);
}

function recipeRow(recipe: string): string[] {
  const config = configOf(recipe);
  const elements = elementsOf(config);
  return [
    `\`${recipe}\``,
    `${(elements / 1e6).toFixed(1)} M`,
    `${rowBytes(config)} B`,
    size(ringBytes(elements, 1e9)),
    size(12 * elements),
  ];
}

function workersRow(config: Config, workers: number, batchSize: number): string[] {
  const each = gatheredBytes(config, batchSize);
  const ring = ringBytes(elementsOf(config), workers);
  return [
    ...[workers.toLocaleString('en-US'), batchSize.toLocaleString('en-US'), size(each), size(each * workers)],
    ...[seconds((each * workers) / COORDINATOR_BYTES_A_SECOND), size(ring), seconds(ring / LINK_BYTES_A_SECOND)],
    size(4 * batchSize ** 2),
  ];
}

const HEAD = [
  'workers',
  'batch B',
  'gathered, to each',
  'by the coordinator',
  'its time',
  'ring, by each',
  'its time',
  '[B, B]',
];

export function sizingDocument(): string {
  const config = configOf('mlip-vit-b16');
  const tables = BATCHES.map(([name, batchOf]) => {
    return `**${name}**\n\n${table(
      HEAD,
      WORKERS.map((workers) => workersRow(config, workers, batchOf(workers))),
    )}`;
  });
  return `# Sizing

${NOTICE}

What a run moves and holds can be computed from its configuration, and a test compares this arithmetic with the bytes that a real run
counts (\`npx vitest run test/run/traffic.test.ts\`). Nothing here has run on more than one machine yet, nor on a GPU: the bytes are
exact, the times are quotients of bytes and measured or nominal speeds.

## A model

| | bytes |
|---|---|
| a row of the gather | 4 x d x (embeddings) + 16; d = \`model.embeddingWidth\`, 2 embeddings for the contrast alone, 4 with divergence, 5 with prototypes and knowledge; 16 where \`loss.falseNegatives\` is mask ([why](adr/0010-what-the-gather-carries-for-masks.md)) |
| sent by each rank in a step, to the next one of the ring | 2 (W - 1) / W x 8 x P; P parameters and running statistics, sums in double ([why](adr/0008-gradients-are-summed-in-double.md)) |
| a checkpoint, the state that a joiner copies, and a worker's copy of it while one is written | 12 x P: weights and two moments in float32 |

${table(['recipe', 'P', 'a row', 'ring, a step, many ranks', 'a checkpoint'], RECIPES.map(recipeRow))}

## A number of workers

\`mlip-vit-b16\`. The coordinator sends the rows of all to each worker: W x B x (a row) a step. Its time is that at
${size(COORDINATOR_BYTES_A_SECOND)}/s, which one process of Node was measured to send ([benchmark](benchmarks.md#gather)); that of the ring is at
25 Gbit/s from each worker to the next, which overlaps with the backward pass. Each worker holds several matrices of B x B in float32 for the
losses over the global batch.

${tables.join('\n\n')}

So with rows of this width **one coordinator is enough for about a hundred workers**: beyond that its sending takes longer than a step
computes. What helps: fewer rows a worker (the second table), a smaller \`model.embeddingWidth\`, \`loss.prototypes.weight: 0\` or
\`loss.divergence.enabled: false\` (2 embeddings a row instead of 5), or several runs beside each other. A thousand workers join, are
kept and step together ([measured](benchmarks.md#coordinator)), but with the rows of the whole method their gather
takes as long as the table says.

## The coordinator

| | |
|---|---|
| processor | 0.16 to 0.56 ms of a core for each worker and step (250 to 1,000 workers), and what the gather takes |
| memory | about 60 MiB, 0.4 MiB for each worker ([measured](benchmarks.md#coordinator)), and the rows of one gather: B x (a row) |
| disk | \`metrics.jsonl\` and \`ledger.jsonl\`, about 0.5 KB a step and 0.1 KB for each micro-batch of a step; the checkpoints are written by a worker into the same directory |
| network | the gather; heartbeats and directives are about 1 KB a second for each worker |

## A worker

| | |
|---|---|
| memory of the device | weights, two moments, gradients: 16 x P bytes; activations of **one** micro-batch, whatever the batch; B x B matrices as above |
| memory of the host | 8 x P for the sums of gradients, 12 x P for a checkpoint that is being written, \`data.cacheMb\` for decoded images, and Node and TensorFlow themselves |
| processor | one core, and \`data.decodeThreads\` for images |

## NATS

| | a second, for each run |
|---|---|
| lease of the coordinator | 3 / \`timeouts.leaseMs\`: 0.5 updates |
| events | one of 0.3 to 0.6 KB for each step, and one for each join, loss, generation and checkpoint |
| record of the run | one of 1 KB and 0.2 KB for each worker, at each generation and checkpoint |
| checkpoints of up to 64 MiB, reports at the end | their size; larger ones do not go there |
| workers | nothing while they have their coordinator; one read each second or so while they look for it |

An update takes 0.6 ms with \`sync_interval: always\` ([measured](stores.md#measured)), so hundreds of runs share one server. Tensors never go over NATS.
50,000 events are kept, which at 2 steps a second is 7 hours.
`;
}
