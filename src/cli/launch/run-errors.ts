/** The error with which a launched run ends: the first cause, who is to blame, and how to go on. */
import { MlipError } from '../../core/errors.js';
import { fromFailure } from '../../rpc/failure.js';
import type { RunFailure } from '../../rpc/run-events.js';
import type { ChildEnd } from './child.js';
import { describeSignal } from './family.js';

/** The command that continues a run. */
export function resumeCommand(out: string): string {
  return `mlip train --resume --out ${/\s/.test(out) ? `"${out}"` : out}`;
}

/** @param death how the process of the worker to blame ended, if it did. */
export function runFailed(failure: RunFailure, death: ChildEnd | undefined, out: string): MlipError {
  const cause = fromFailure(failure);
  const signal = death && describeSignal(death);
  return new MlipError(cause.code, signal === undefined ? cause.message : `${cause.message}; ${signal}`, {
    where: placeOf(failure),
    remedy: remedyOf(failure, out),
  });
}

function placeOf({ worker, step, where }: RunFailure): string {
  const known = worker === null || where.includes(`worker ${worker}`) ? '' : `worker ${worker}`;
  return [known, where, `after ${step} step(s)`].filter(Boolean).join(', ');
}

function remedyOf({ remedy, checkpoint }: RunFailure, out: string): string | undefined {
  const goOn = checkpoint === null || remedy.includes('--resume') ? '' : `Continue with \`${resumeCommand(out)}\`.`;
  return [remedy, goOn].filter(Boolean).join(' ') || undefined;
}

/**
 * The error of a child that ended without the coordinator noticing: before it joined, or because it is the coordinator.
 *
 * @param out where the run can go on from a checkpoint; null where it cannot.
 */
export function childDied(end: ChildEnd, out: string | null = null): MlipError {
  if (end.failure !== undefined) {
    const { code, message, where = '', remedy = '' } = end.failure;
    return fromFailure({ code, message, where, remedy });
  }
  const code = end.name === 'coordinator' ? 'MLIP_E_COORDINATOR_LOST' : 'MLIP_E_WORKER_LOST';
  return new MlipError(code, describeSignal(end) ?? `${end.name} ended with status ${end.status}`, {
    remedy: out === null ? 'Its last lines are above.' : `Continue with \`${resumeCommand(out)}\`.`,
  });
}

export function interrupted(checkpoint: string | null, out: string): MlipError {
  return checkpoint === null
    ? new MlipError('MLIP_E_INTERRUPTED', 'interrupted before there was anything to save', { where: out })
    : new MlipError('MLIP_E_INTERRUPTED', 'interrupted; the state is saved', {
        where: checkpoint,
        remedy: `Continue with \`${resumeCommand(out)}\`.`,
      });
}

/** The machine wants its place back: whoever started this starts it again. */
export function preempted(checkpoint: string | null, out: string): MlipError {
  return new MlipError('MLIP_E_PREEMPTED', 'told to go; the state is saved', {
    where: checkpoint ?? out,
    remedy: `Continue with \`${resumeCommand(out)}\`.`,
  });
}

/** The reason of a coordinator that is told to go while its run goes on. */
export function handedOver(): MlipError {
  return new MlipError('MLIP_E_HANDED_OVER', 'the coordinator was told to go; its workers wait for the next one', {
    remedy: 'Start it again with the same command.',
  });
}

/** The reason of a coordinator that is stopped before its run has begun. */
export function interruptedEarly(): MlipError {
  return new MlipError('MLIP_E_INTERRUPTED', 'stopped while another coordinator led the run');
}
