/** state.json: what a checkpoint is of, and by which its other files are verified. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export const STATE_FILE = 'state.json';
/** Names of a checkpoint's files: none leads out of its directory. */
export const PLAIN_NAME = /^\w[\w.-]*$/;
const FORMAT = 'mlip checkpoint';
/** 2 since `metrics` is there. */
const VERSION = 2;

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
  /** Of this step, by the columns of metrics.jsonl: by these the best checkpoint is told. */
  metrics: z.record(z.string(), z.number()).optional(),
};

const stateSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.number().int().min(1).max(VERSION),
  ...runState,
  files: z.record(z.string().regex(PLAIN_NAME), z.strictObject({ bytes: count, sha256: digest })),
});

export type RunState = z.infer<z.ZodObject<typeof runState>>;
type Content = z.infer<typeof stateSchema>;
/** `sha256` covers all the rest, and so, by the digests of the files, the whole checkpoint. */
export type StateFile = Content & { sha256: string };

export function sealState(state: RunState, files: Content['files']): StateFile {
  const content = stateSchema.parse({ format: FORMAT, version: VERSION, ...withFiniteMetrics(state), files });
  return { ...content, sha256: hashOf(content) };
}

/** Text of state.json; its last key is the hash of the others. */
export function formatState(state: StateFile): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** JSON has no other numbers. */
function withFiniteMetrics(state: RunState): RunState {
  if (state.metrics === undefined) return state;
  const finite = Object.entries(state.metrics).filter(([, value]) => Number.isFinite(value));
  return { ...state, metrics: Object.fromEntries(finite) };
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
  const hash = hashOf(result.data);
  return sha256 === hash ? { state: { ...result.data, sha256: hash } } : { fault: 'its hash does not match' };
}

/** Depends on the order of keys, which the schema fixes. */
function hashOf(content: Content): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
