/** Has a run do something. Of one that has ended nobody answers: what it has left says how it ended. */
import type { RunRecord } from '../../coordinator/run-record.js';
import { hasCode, MlipError } from '../../core/errors.js';
import type { LauncherOptions } from '../../rpc/launcher.js';
import type { Access } from '../../security/access.js';
import { commandLogger } from '../logging.js';
import { ENDED } from '../outcome-text.js';
import { accessTo, openFinder, type RunChoice } from '../status/find-run.js';

/** Time for the coordinator to answer; what it says is durable by then. */
const ANSWER_MS = 5_000;

export type Tell<Reply> = (address: string, options: LauncherOptions) => Promise<Reply>;

/** Asks the coordinator of the run, whichever that is by then. @throws MLIP_E_RUN_OVER where the run has ended */
export type Ask = <Reply>(tell: Tell<Reply>) => Promise<Reply>;

/** Nobody answers, or does so no more. */
const GONE = ['MLIP_E_RPC_UNREACHABLE', 'MLIP_E_COORDINATOR_LOST'] as const;

/** What names the run is opened once, and its token is read once. */
export async function withRun<T>(
  out: string | undefined,
  choice: RunChoice,
  action: (ask: Ask) => Promise<T>,
): Promise<T> {
  const finder = await openFinder(out, choice);
  let access: Access | undefined;
  const ask: Ask = async (tell) => {
    await requireUnfinished(out, choice);
    try {
      const address = await finder.address();
      access ??= accessTo(out, choice, commandLogger('control'));
      return await tell(address, { access, timeoutMs: ANSWER_MS });
    } catch (error) {
      // It may have ended meanwhile.
      if (GONE.some((code) => hasCode(error, code))) await requireUnfinished(out, choice);
      throw error;
    }
  };
  try {
    return await action(ask);
  } finally {
    await finder.close();
  }
}

/** @throws MLIP_E_RUN_OVER where the run has ended, and what the coordinator answers */
export function tellRun<Reply>(out: string | undefined, choice: RunChoice, tell: Tell<Reply>): Promise<Reply> {
  return withRun(out, choice, (ask) => ask(tell));
}

async function requireUnfinished(out: string | undefined, { coordinator }: RunChoice): Promise<void> {
  if (out === undefined || coordinator !== undefined) return;
  const { readRecord } = await import('../../coordinator/record-keeper.js');
  const record = await readRecord(out);
  if (record?.ended === true) throw await over(out, record);
}

async function over(out: string, record: RunRecord): Promise<MlipError> {
  const { outcomeOf } = await import('../../coordinator/outcome-of.js');
  const { kind, step } = outcomeOf(record);
  return new MlipError('MLIP_E_RUN_OVER', `run ${record.runId} ${ENDED[kind]} after step ${step}`, { where: out });
}
