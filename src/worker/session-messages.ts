/** Between the messages of a session and what the worker knows them as. */
import { type Config, configSchema } from '../config/schema.js';
import { MlipError, messageOf } from '../core/errors.js';
import type { CoordinatorMessageSeen, WelcomeSeen, WorkerMessage } from '../rpc/service.js';
import type { Assignment, Directive, Holding, StateSource, StepReport } from './session-types.js';

type AssignSeen = NonNullable<CoordinatorMessageSeen['assign']>;
type DirectiveSeen = NonNullable<CoordinatorMessageSeen['directive']>;

/** Configurations are checked where they are read, however sure the sender was. Throws MLIP_E_RPC_VERSION. */
export function readConfig({ config }: WelcomeSeen): Config {
  try {
    return configSchema.parse(JSON.parse(config));
  } catch (cause) {
    throw new MlipError(
      'MLIP_E_RPC_VERSION',
      `the coordinator's configuration is not understood: ${messageOf(cause)}`,
      {
        remedy: 'Run the same version of mlip everywhere.',
        cause,
      },
    );
  }
}

/** Throws MLIP_E_RPC_PROTOCOL where the parts of it contradict each other. */
export function assignmentOf(assign: AssignSeen, over: AbortSignal): Assignment {
  const { generation, rank, peers, boundaries, step, steps } = assign;
  const rising = boundaries.every((boundary, index) => index === 0 || boundary >= boundaries[index - 1]);
  if (rank >= peers.length || boundaries.length !== peers.length + 1 || !rising) {
    throw new MlipError('MLIP_E_RPC_PROTOCOL', `the assignment of generation ${generation} is inconsistent`);
  }
  return {
    kind: 'assign',
    ...{ generation, rank, boundaries, step, steps, over, source: sourceOf(assign) },
    peers: peers.map(({ worker, host, port }, position) => ({ worker, rank: position, host, port })),
  };
}

function sourceOf({ load, copyFrom }: AssignSeen): StateSource {
  if (load !== null) return { kind: 'load', checkpoint: load.checkpoint };
  // Null where it was not sent: rank 0 is a source like any other.
  const rank = copyFrom as number | null;
  return rank === null ? { kind: 'keep' } : { kind: 'copy', rank };
}

export function directiveOf({ save, stop, boundaries }: DirectiveSeen): Directive {
  return { kind: 'directive', save, stop, boundaries };
}

/** `rows` says whether the rows of the step and who computed them go along. */
export function wireReport(
  report: StepReport,
  rows: boolean,
): NonNullable<NonNullable<WorkerMessage['commit']>['report']> {
  return rows ? { ...report } : { ...report, rows: [], ranks: [] };
}

export function wireHolding(holding: Holding | undefined): NonNullable<WorkerMessage['halted']>['holding'] {
  if (holding === undefined) return null;
  const { step, report } = holding;
  return { step, report: report === undefined ? null : wireReport(report, true) };
}
