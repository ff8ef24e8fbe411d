/**
 * Zero-shot classification: which sentences about a finding an image is nearest to, without a classifier that is fitted.
 * Prompts of a class are an ensemble: their embeddings are averaged and normalised again, as in CLIP (Radford et al. 2021,
 * section 3.1.4); present and absent are contrasted as in CheXzero (Tiu et al. 2022). Pure functions on host memory.
 */
import type { HostTensor } from '../core/host-tensor.js';
import { addScaled, dot } from './matrix.js';

/** Embeddings of a label's prompts. */
export interface PromptEmbeddings {
  /** [prompts, d], rows of length 1 */
  present: HostTensor;
  /** Prompts that say that the finding is not there; undefined where there are none. */
  absent?: HostTensor | undefined;
}

/**
 * Cosine of each image with the label's prompts, less that with the prompts of its absence.
 *
 * @param images [n, d], rows of length 1
 * @returns [n]
 */
export function zeroShotScores(images: HostTensor, { present, absent }: PromptEmbeddings): Float64Array {
  const scores = cosines(images, ensemble(present));
  if (absent !== undefined) addScaled(scores, -1, cosines(images, ensemble(absent)));
  return scores;
}

/** Mean of the prompts' embeddings, of length 1, [d]. */
export function ensemble(prompts: HostTensor): Float64Array {
  const sum = new Float64Array(prompts.shape[1]);
  prompts.data.forEach((value, i) => (sum[i % sum.length] += value));
  const length = Math.sqrt(dot(sum, sum));
  // Prompts that cancel each other say nothing, so every image scores the same.
  return length === 0 ? sum : sum.map((value) => value / length);
}

function cosines({ shape: [count, width], data }: HostTensor, direction: Float64Array): Float64Array {
  const row = (at: number): Float64Array => Float64Array.from(data.subarray(at * width, (at + 1) * width));
  return Float64Array.from({ length: count }, (_, at) => dot(row(at), direction));
}
