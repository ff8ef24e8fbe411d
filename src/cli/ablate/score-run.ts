/** Scores of a finished run of an ablation: retrieval, which its training has given, zero-shot and linear probe by label. */
import { hasCode } from '../../core/errors.js';
import { evaluateProbe } from '../../evaluation/evaluate-probe.js';
import { evaluateZeroShot } from '../../evaluation/evaluate-zero-shot.js';
import type { FinishedRun } from '../../evaluation/ablation/report.js';
import { metricsOf } from '../../evaluation/ablation/scores.js';
import type { Closing } from '../launch/closing.js';
import { readMetrics } from '../launch/out.js';
import { commandLogger } from '../logging.js';
import { createStatusLine } from '../status-line.js';

export interface ScoredData {
  manifest: string;
  prompts: string | undefined;
}

export async function scoreRun(
  seed: number,
  closing: Closing,
  { manifest, prompts }: ScoredData,
): Promise<FinishedRun> {
  const { checkpoint, retrieval, lossLast } = closing;
  const status = createStatusLine();
  const common = {
    ...{ checkpoint, manifest, log: commandLogger('evaluation') },
    onProgress: (done: number, total: number): void => status.show(`scored ${done} of ${total} images`),
  };
  try {
    const zeroShot = await whereLabelled(() => evaluateZeroShot({ ...common, prompts }));
    const probe = await whereLabelled(() => evaluateProbe(common));
    const metrics = metricsOf(retrieval, zeroShot, probe);
    return { seed, lossLast, pairsPerSecond: medianSpeed(closing.out), metrics, retrieval, zeroShot, probe };
  } finally {
    status.end();
  }
}

/** Manifests without labels are compared by retrieval alone. */
async function whereLabelled<Report>(evaluate: () => Promise<Report>): Promise<Report | null> {
  try {
    return await evaluate();
  } catch (error) {
    if (hasCode(error, 'MLIP_E_EVALUATION_NO_LABELS')) return null;
    throw error;
  }
}

function medianSpeed(out: string): number {
  const speeds = readMetrics(out).map(({ pairs_per_second }) => pairs_per_second);
  return speeds.sort((a, b) => a - b)[Math.floor(speeds.length / 2)];
}
