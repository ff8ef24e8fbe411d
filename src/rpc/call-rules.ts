/** How much of each kind of call the coordinator bears. */
import { MlipError, messageOf } from '../core/errors.js';
import type { AdmissionLimits } from '../security/admission.js';
import { requireInside } from '../security/inside.js';
import { checkFields } from './incoming-fields.js';
import { MAX_REQUEST_BYTES, MAX_WORKER_MESSAGE_BYTES } from './protocol.js';
import { type Method, methods } from './service.js';

export interface CallRules {
  /** Calls at a time. */
  most: number;
  /** The first message must have come by then. */
  firstMessageMs: number;
  /** All messages must have come by then; null for calls that go on as long as the run. */
  uploadMs: number | null;
  /** The call must be over by then; null as above. */
  wholeMs: number | null;
  /** On average, and at once. */
  messagesPerSecond: number;
  burst: number;
  maxMessageBytes: number;
  /** Bytes as the handler gets them. Throws an MlipError. */
  read: (bytes: Buffer) => unknown;
}

export interface ServerLimits {
  connections: AdmissionLimits;
  /** Streams of one connection. */
  streams: number;
  session: Omit<CallRules, 'read'>;
  gather: Omit<CallRules, 'read'>;
  watch: Omit<CallRules, 'read'>;
  /** Logs, which read files, and Trace and Inspect, for which workers work. */
  reading: Omit<CallRules, 'read'>;
  /** Status, and commands. */
  question: Omit<CallRules, 'read'>;
}

const SOON = { firstMessageMs: 10_000, uploadMs: 10_000, wholeMs: 30_000 };
const FEW = { messagesPerSecond: 10, burst: 10, maxMessageBytes: 1_024 };

/** For thousands of workers, each with two connections; a burst of as many as the system lets wait gets in. */
export const DEFAULT_LIMITS: ServerLimits = {
  connections: { total: 8_192, pending: 1_024, pendingPerAddress: 512, deadlineMs: 10_000 },
  streams: 64,
  session: {
    ...{ most: 4_096, firstMessageMs: 10_000, uploadMs: null, wholeMs: null },
    ...{ messagesPerSecond: 2_000, burst: 4_000, maxMessageBytes: MAX_WORKER_MESSAGE_BYTES },
  },
  gather: {
    ...{ most: 4_096, firstMessageMs: 10_000, uploadMs: 120_000, wholeMs: 600_000 },
    ...{ messagesPerSecond: 100_000, burst: 100_000, maxMessageBytes: MAX_REQUEST_BYTES },
  },
  watch: { ...SOON, ...FEW, most: 64, wholeMs: null },
  reading: { ...SOON, ...FEW, most: 16, wholeMs: null },
  question: { ...SOON, ...FEW, most: 64 },
};

const { status, stop, pause, resume, drain, scale } = methods;
const QUESTIONS: readonly (Decodable & { path: string })[] = [status, stop, pause, resume, drain, scale];

/** Where a worker's paths must lie; null takes any. */
export type OutputRoot = () => string | null;

/** Rules by the path of a method. */
export function rulesOf(limits: ServerLimits, outputRoot: OutputRoot): ReadonlyMap<string, CallRules> {
  const decoding = (method: Decodable) => (bytes: Buffer) => decode(method, bytes);
  return new Map<string, CallRules>([
    [methods.session.path, { ...limits.session, read: (bytes) => readWorkerMessage(bytes, outputRoot()) }],
    // Its handler reads pieces as they are and passes them on.
    [methods.gather.path, { ...limits.gather, read: (bytes) => bytes }],
    [methods.watch.path, { ...limits.watch, read: decoding(methods.watch) }],
    [methods.logs.path, { ...limits.reading, read: decoding(methods.logs) }],
    [methods.trace.path, { ...limits.reading, read: decoding(methods.trace) }],
    [methods.inspect.path, { ...limits.reading, read: decoding(methods.inspect) }],
    ...QUESTIONS.map((method) => [method.path, { ...limits.question, read: decoding(method) }] as const),
  ]);
}

function readWorkerMessage(bytes: Buffer, root: string | null): object {
  const message = decode(methods.session, bytes);
  checkFields(message);
  if (message.saved !== null && root !== null) requireInside(root, message.saved.path);
  return message;
}

type Decodable<Seen = unknown> = Pick<Method<never, Seen, never, never>, 'requestDeserialize'>;

function decode<Seen>(method: Decodable<Seen>, bytes: Buffer): Seen {
  try {
    return method.requestDeserialize(bytes);
  } catch (cause) {
    throw new MlipError('MLIP_E_RPC_PROTOCOL', `a message could not be read: ${messageOf(cause)}`, { cause });
  }
}
