/** state.json: what a checkpoint is of, and by which its other files are verified. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export const STATE_FILE = 'state.json';
/** Names of a checkpoint's files: none leads out of its directory. */
export const PLAIN_NAME = /^\w[\w.-]*$/;
const FORMAT = 'mlip checkpoint';
const VERSION = 1;

const count = z.number().int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const runState = {
  /** Applied steps. */
  step: count,
  runId: z.string(),
  seed: count,
  /** Workers at the time; a resume is bit for bit the same with as many. */
  world: count.positive(),
  /** Of the resolved configuration. */
  configHash: z.string(),
};

const stateSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  ...runState,
  files: z.record(z.string().regex(PLAIN_NAME), z.strictObject({ bytes: count, sha256: digest })),
});

export type RunState = z.infer<z.ZodObject<typeof runState>>;
export type StateFile = z.infer<typeof stateSchema>;

/** Text of state.json; its last key is the hash of the others. */
export function formatState(state: RunState, files: StateFile['files']): string {
  const content = stateSchema.parse({ format: FORMAT, version: VERSION, ...state, files });
  return `${JSON.stringify({ ...content, sha256: hashOf(content) }, null, 2)}\n`;
}

/** What is wrong with the text, or the state. */
export function parseState(text: string): { state: StateFile } | { fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'it is not JSON' };
  }
  const { sha256, ...content } = z.looseObject({}).catch({}).parse(value);
  if (typeof content['version'] === 'number' && content['version'] > VERSION) {
    return { fault: `it is of format ${content['version']}, written by a newer version of mlip` };
  }
  const result = stateSchema.safeParse(content);
  if (!result.success) return { fault: z.prettifyError(result.error) };
  return sha256 === hashOf(result.data) ? { state: result.data } : { fault: 'its hash does not match' };
}

/** Depends on the order of keys, which the schema fixes. */
function hashOf(content: StateFile): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
