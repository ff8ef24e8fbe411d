/** What must survive the coordinator: small, durable, and enough to go on with the workers that are still there. */
import { z } from 'zod';
import { MlipError } from '../core/errors.js';
import { parseJson } from '../core/json.js';

const count = z.number().int().nonnegative();

const failure = { code: z.string(), message: z.string(), where: z.string(), remedy: z.string() };

const recordSchema = z.strictObject({
  version: z.literal(1),
  runId: z.string().min(1),
  /** Of the resolved configuration: another one is another run. */
  configHash: z.string(),
  /** The newest that anybody has been told of. */
  generation: count,
  /** Worker numbers below it are taken. */
  nextWorker: count,
  /** Workers of that generation. */
  workers: z.array(count),
  /** Steps applied when it began. */
  step: count,
  /** From which the run went on when it started. */
  resume: z.strictObject({ step: count, checkpoint: z.string() }).nullable(),
  checkpoint: z.strictObject({ step: count, path: z.string() }).nullable(),
  /** The generation with which the run last went back to a checkpoint; 0 where it never has. */
  rewoundIn: count.default(0),
  /** Workers whose state is not to be used. */
  condemned: z.array(count).default([]),
  /** What every worker must have loaded; null before the first generation. */
  loaded: z.strictObject({ rows: count, dataHash: z.string() }).nullable().default(null),
  /** No step is to begin. */
  paused: z.boolean().default(false),
  /** It is to end after the step under way. */
  stopOrdered: z.boolean().default(false),
  /** Workers that the run is to have, where somebody has said so. */
  wanted: count.nullable().default(null),
  /** Coordinators that went on with it, and workers that were lost. */
  restarts: count.default(0),
  workersLost: count.default(0),
  ended: z.boolean(),
  /** Whether it ended on request, and for which cause it failed. */
  stopped: z.boolean().default(false),
  cause: z
    .strictObject({ ...failure, worker: count.nullable() })
    .nullable()
    .default(null),
  /** Of the submission that it carries out; empty where it was started by hand. */
  submission: z.string().default(''),
});

export type RunRecord = z.infer<typeof recordSchema>;

export function formatRecord(record: RunRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/**
 * A run that is not understood is not begun anew.
 *
 * @param where names what was read
 * @throws MLIP_E_RUN_RECORD
 */
export function parseRecord(text: string, where: string): RunRecord {
  const value = parseJson(text);
  const parsed = recordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new MlipError('MLIP_E_RUN_RECORD', `the record of the run cannot be read: ${faultOf(value, parsed.error)}`, {
    where,
    remedy: 'Use the version of mlip that has written it, or remove it to begin anew.',
  });
}

/** What a newer version has written has another number, or keys that are not known here. */
function faultOf(value: unknown, error: z.ZodError): string {
  const { version } = (value ?? {}) as { version?: unknown };
  if (typeof version === 'number' && version > 1) return `a newer version of mlip has written it, in format ${version}`;
  const isUnknown = error.issues.some(({ code }) => code === 'unrecognized_keys');
  return `${z.prettifyError(error)}${isUnknown ? ' (a newer version of mlip may have written it)' : ''}`;
}
