/** Whether a step can be applied. All ranks decide alike, since they decide on what is the same on all of them. */
import type { Config } from '../config/schema.js';
import { splitFrozen } from '../encoders/frozen.js';
import type { ReducedStep } from './reduce-step.js';
import type { Rows, Skipped, StepAccount, StepUnderWay } from './step-parts.js';
import type { StepTally } from './step-tally.js';
import type { TrainingState } from './training-state.js';

export interface StepFindings extends ReducedStep {
  step: number;
  gradNorm: number;
  account: StepAccount;
  /** Of the whole batch, [B, d] by name. */
  embeddings: Rows;
}

/** Why the step is skipped, and the rows that are to blame; undefined where nothing speaks against applying it. */
export function skippedFor(parts: StepUnderWay, state: TrainingState, findings: StepFindings): Skipped | undefined {
  const reason = reasonToSkip(parts, state, findings);
  return reason === undefined ? undefined : { reason, rows: rowsToBlame(parts.config, findings) };
}

function reasonToSkip(
  { engine, config }: StepUnderWay,
  { statistics }: TrainingState,
  { step, tally, gradNorm, sums }: StepFindings,
): string | undefined {
  const { loss } = tally.losses;
  if (!Number.isFinite(loss)) return `the loss of step ${step + 1} is ${loss}`;
  if (!Number.isFinite(gradNorm)) return `the gradient norm of step ${step + 1} is ${gradNorm}`;
  const names = Object.keys(splitFrozen(statistics, config).trained);
  const broken = names.find((name) => !engine.read(sums[name]).every(Number.isFinite));
  return broken === undefined ? undefined : `${broken} of step ${step + 1} is not finite`;
}

/** All rows where no micro-batch is to blame alone, as when a sum is infinite. */
function rowsToBlame(config: Config, { account, tally, embeddings }: StepFindings): Uint32Array {
  const blamed = microBatchesToBlame(config, tally, embeddings);
  if (blamed.size === 0) return account.rows;
  return account.rows.filter((_, position) => blamed.has(Math.floor(position / config.microBatchSize)));
}

/** One NaN among the embeddings makes the loss over the batch NaN, and with it all gradients: these are blamed last. */
function microBatchesToBlame(config: Config, tally: StepTally, embeddings: Rows): Set<number> {
  const ofForward = [...withBrokenEmbeddings(config, embeddings), ...tally.lossesNotFinite];
  return new Set(ofForward.length > 0 ? ofForward : tally.gradientsNotFinite);
}

function withBrokenEmbeddings({ batchSize, microBatchSize }: Config, embeddings: Rows): number[] {
  const indices = Array.from({ length: batchSize / microBatchSize }, (_, index) => index);
  return Object.values(embeddings).flatMap((values) => {
    const length = (values.length / batchSize) * microBatchSize;
    return indices.filter((index) => !values.subarray(index * length, (index + 1) * length).every(Number.isFinite));
  });
}
