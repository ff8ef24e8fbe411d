/** What TransE is trained with, and its defaults. */

export interface TransEOptions {
  /** Numbers of an embedding. */
  width: number;
  /** Passes over the triples. */
  epochs: number;
  batchSize: number;
  /** At the first epoch; falls linearly to zero over the epochs. */
  learningRate: number;
  /** By how much a true triple shall be nearer than a corrupted one. */
  margin: number;
  seed: number;
}

/** Width, margin and the L1 distance are those of the method; the rest suits a graph of hundreds of triples. */
export const TRANSE_DEFAULTS: TransEOptions = {
  width: 256,
  epochs: 1000,
  batchSize: 32,
  learningRate: 0.01,
  margin: 5,
  seed: 1,
};
