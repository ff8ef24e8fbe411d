/** Makes a synthetic corpus, with the progress on stderr. */
import type { SynthOptions, SynthSummary } from '../../data/synth/corpus.js';
import { createStatusLine } from '../status-line.js';

export async function synthesizeWithProgress(options: Omit<SynthOptions, 'onProgress'>): Promise<SynthSummary> {
  const { synthesize } = await import('../../data/synth/corpus.js');
  const status = createStatusLine();
  const onProgress = (done: number, total: number): void => status.show(`drew ${done} of ${total} pairs`);
  return synthesize({ ...options, onProgress }).finally(status.end);
}
