/**
 * What is trained on instead of a row whose image is unusable. Batches must keep their shape and must not depend on who
 * decodes them, so the replacement is a function of (seed, epoch, row) and of which images are unusable, of nothing else:
 * rows are drawn from that key until one is usable. Rows of the same step are passed over, since a pair that occurs
 * twice in a batch would be its own negative; where the batch is the whole training set that cannot be helped.
 */
import { random } from '../core/random.js';

const MAX_DRAWS = 1000;

/** The row itself, then its replacements in the order in which they are tried. */
export function* candidatesFor(row: number, key: ReplacementKey): Generator<number> {
  yield row;
  const draw = random(key.seed, 'replacement', key.epoch, row);
  for (let drawn = 0; drawn < MAX_DRAWS; drawn++) {
    const candidate = draw.integer(key.rows);
    if (!key.inStep.has(candidate) || key.inStep.size >= key.rows) yield candidate;
  }
}

export interface ReplacementKey {
  seed: number;
  epoch: number;
  /** Number of training rows. */
  rows: number;
  /** Rows of the step's global batch. */
  inStep: ReadonlySet<number>;
}
