/** The identity of a step's trace: of what everybody knows, so that nobody has to be told. */
import { createHash } from 'node:crypto';

export interface StepIds {
  traceId: string;
  /** Of the coordinator's span, which holds all others. */
  rootId: string;
}

export function stepIds({ runId, step, generation }: { runId: string; step: number; generation: number }): StepIds {
  const digest = createHash('sha256').update(`${runId}\n${generation}\n${step}`).digest('hex');
  return { traceId: digest.slice(0, 32), rootId: digest.slice(32, 48) };
}
