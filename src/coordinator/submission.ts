/** A run that waits in a store for a coordinator. */
import { z } from 'zod';
import type { Store, WorkQueue } from '../bus/store.js';
import { configSchema } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import { parseJson } from '../core/json.js';
import { isPlainPath } from '../core/plain-path.js';

/** A run whose coordinator has not been heard of for so long comes to another one, which then waits for its lease. */
const VISIBILITY_MS = 8_000;
const QUEUE = 'mlip-submitted';

const submissionSchema = z.strictObject({
  version: z.literal(1),
  /** Another one at each submission, also of the same run. */
  id: z.string().min(1),
  /** Among the runs of the store. */
  name: z.string().min(1),
  /** Workers for which the run waits before it starts. */
  workers: z.number().int().positive(),
  /** Output directory, absolute. */
  out: z.string().refine(isPlainPath, 'it is empty or has control characters'),
  /** Go on from its newest checkpoint. */
  resume: z.boolean().default(false),
  config: configSchema,
  /** Text of config.yaml. */
  configText: z.string(),
});

export type Submission = z.infer<typeof submissionSchema>;

export function submittedRuns(store: Store): Promise<WorkQueue> {
  return store.queue(QUEUE, { visibilityMs: VISIBILITY_MS });
}

export function formatSubmission(submission: Submission): Uint8Array {
  return Buffer.from(JSON.stringify(submission));
}

/** @throws MLIP_E_SUBMISSION for what another version has submitted */
export function parseSubmission(value: Uint8Array): Submission {
  const parsed = submissionSchema.safeParse(parseJson(Buffer.from(value).toString()));
  if (parsed.success) return parsed.data;
  throw new MlipError('MLIP_E_SUBMISSION', `a submitted run cannot be read: ${z.prettifyError(parsed.error)}`, {
    remedy: 'Submit it again with this version of mlip.',
  });
}
