/** Workers have loaded: they must hold the same data and parameters; then training starts. */
import { stepsPerEpoch } from '../core/plan.js';
import type { Loaded } from './events.js';
import { end, fail, violation } from './failing.js';
import { type Cause, type RunState, type Transition, chain, stay, withMember } from './state.js';
import { openStep } from './training.js';
import { disagreement } from './agreement.js';

export function loaded(state: RunState, rank: number, report: Loaded, nowMs: number): Transition {
  if (state.phase === 'aborting' || state.phase === 'ended') return stay(state);
  if (state.phase !== 'loading' || state.members[rank].loaded !== null) {
    return violation(state, rank, `said it was ready while the run was ${state.phase}`, nowMs);
  }
  const next = withMember(state, rank, { loaded: report });
  return next.members.every((member) => member.loaded !== null) ? start(next, nowMs) : stay(next);
}

function start(state: RunState, nowMs: number): Transition {
  const reports = state.members.map((member) => member.loaded!);
  const { batchSize, epochs, steps, world, runId } = state.settings;
  const rows = reports[0].rows;
  const cause = disagreement(reports) ?? tooFewRows(rows, batchSize);
  if (cause !== null) return fail(state, cause, nowMs);
  const perEpoch = stepsPerEpoch({ rows, batchSize });
  const totalSteps = steps > 0 ? steps : epochs * perEpoch;
  const training = openStep({ ...state, phase: 'training', stepsPerEpoch: perEpoch, totalSteps }, nowMs);
  const startStep = state.step;
  const message = { start: { startStep, steps: totalSteps } };
  const started = stay(training, ...state.members.map(({ rank }) => ({ kind: 'send' as const, rank, message })), {
    kind: 'announce',
    event: { kind: 'started', runId, startStep, steps: totalSteps, world },
  });
  // A finished run that is resumed has nothing left to do.
  return startStep >= totalSteps ? chain(started, end) : started;
}

function tooFewRows(rows: number, batchSize: number): Cause | null {
  if (rows >= batchSize) return null;
  return {
    code: 'MLIP_E_DATA_TOO_FEW_PAIRS',
    message: `the manifest has ${rows} training rows, a batch has ${batchSize}`,
    where: '',
    remedy: 'Lower batchSize, or add rows.',
    rank: null,
  };
}
