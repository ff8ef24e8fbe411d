/** Scores a checkpoint in this process, with the progress on stderr. */
import type { RetrievalOptions, RetrievalReport } from '../../evaluation/evaluate-retrieval.js';
import { createStatusLine } from '../status-line.js';

export async function score(options: Omit<RetrievalOptions, 'onProgress'>): Promise<RetrievalReport> {
  // TensorFlow is loaded here and not before: training needs it in the workers only.
  const { evaluateRetrieval } = await import('../../evaluation/evaluate-retrieval.js');
  const status = createStatusLine();
  const onProgress = (done: number, total: number): void => status.show(`scored ${done} of ${total} pairs`);
  return evaluateRetrieval({ ...options, onProgress }).finally(status.end);
}
