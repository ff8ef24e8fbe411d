/**
 * Every error that mlip raises on purpose, in one table. docs/errors.md lists the same codes; a test compares both ways.
 *
 * A message says what was wrong, `where` names the place (file, row, field, rank), `remedy` says what to do.
 */

/** Exit codes of the command line, as documented in docs/errors.md. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  badInput: 3,
  environment: 4,
  runFailed: 5,
  again: 75,
  interrupted: 130,
} as const;

/** Code -> exit status of the process that ends with it, and what it means in a line. Sections follow src/. */
export const ERROR_TABLE = {
  // core
  MLIP_E_INTERNAL: { exit: EXIT.failure, meaning: 'A bug in mlip: please report it with --debug output.' },
  MLIP_E_INTERRUPTED: {
    exit: EXIT.interrupted,
    meaning: 'The run was interrupted; a checkpoint was written if a step was done.',
  },
  // config and command line
  MLIP_E_USAGE: { exit: EXIT.usage, meaning: 'The command line is wrong.' },
  MLIP_E_CONFIG_UNKNOWN_RECIPE: { exit: EXIT.usage, meaning: 'No recipe or configuration file of that name.' },
  MLIP_E_CONFIG_UNKNOWN_KEY: { exit: EXIT.usage, meaning: 'A configuration key does not exist.' },
  MLIP_E_CONFIG_INVALID: { exit: EXIT.usage, meaning: 'A configuration value is out of range or of the wrong type.' },
  // worker
  MLIP_E_NOT_FINITE: {
    exit: EXIT.runFailed,
    meaning: 'The loss or the gradient norm was NaN or infinite in too many steps in a row; none of them was applied.',
  },
  // engine
  MLIP_E_ENGINE_MISSING: {
    exit: EXIT.environment,
    meaning: 'TensorFlow is not installed and could not be provisioned.',
  },
  MLIP_E_ENGINE_HASH: {
    exit: EXIT.environment,
    meaning: 'A downloaded TensorFlow wheel does not have the pinned hash.',
  },
  MLIP_E_ENGINE_LOAD: { exit: EXIT.environment, meaning: 'The TensorFlow library could not be loaded.' },
  MLIP_E_ENGINE_OP: { exit: EXIT.failure, meaning: 'TensorFlow refused or failed an operation.' },
  MLIP_E_ENGINE_TRACE: { exit: EXIT.failure, meaning: 'A function uses something that cannot be compiled.' },
  // collectives
  MLIP_E_PEER_LOST: { exit: EXIT.runFailed, meaning: 'A worker with which gradients are exchanged is gone.' },
  MLIP_E_PEER_REFUSED: { exit: EXIT.runFailed, meaning: 'A worker refused to exchange gradients with this one.' },
  MLIP_E_REDUCE_TIMEOUT: { exit: EXIT.runFailed, meaning: 'A worker did not take part in an exchange in time.' },
  MLIP_E_REDUCE_MISMATCH: { exit: EXIT.runFailed, meaning: 'Workers do not exchange the same things.' },
  MLIP_E_STATE_HASH: { exit: EXIT.runFailed, meaning: 'The state that a worker copied is not what its peer hashed.' },
  // checkpoint
  MLIP_E_TENSORS_FORMAT: { exit: EXIT.badInput, meaning: 'A safetensors file is truncated, damaged or not one.' },
  MLIP_E_TENSORS_TYPE: { exit: EXIT.badInput, meaning: 'A safetensors file holds numbers of a type that is not read.' },
  MLIP_E_CHECKPOINT_MISSING: { exit: EXIT.badInput, meaning: 'There is no checkpoint at that path.' },
  MLIP_E_CHECKPOINT_CORRUPT: { exit: EXIT.badInput, meaning: 'A checkpoint is incomplete or not as it was written.' },
  MLIP_E_CHECKPOINT_MISMATCH: { exit: EXIT.badInput, meaning: 'A checkpoint is of another architecture.' },
  MLIP_E_CHECKPOINT_DESTINATION: {
    exit: EXIT.usage,
    meaning: 'A destination of checkpoints is malformed, or holds those of another run.',
  },
  MLIP_E_CHECKPOINT_STORE: {
    exit: EXIT.environment,
    meaning: 'A destination of checkpoints cannot be reached, or refuses.',
  },
  MLIP_E_CHECKPOINT_SIZE: { exit: EXIT.environment, meaning: 'A store of small checkpoints takes none of that size.' },
  // weights
  MLIP_E_WEIGHTS_MISSING: { exit: EXIT.badInput, meaning: 'There are no weights at that path.' },
  MLIP_E_WEIGHTS_PICKLE: {
    exit: EXIT.badInput,
    meaning: 'Weights are a pickle of PyTorch, which runs code when it is read.',
  },
  MLIP_E_WEIGHTS_ARCHITECTURE: { exit: EXIT.badInput, meaning: 'Weights are of another architecture than the model.' },
  MLIP_E_WEIGHTS_VOCABULARY: { exit: EXIT.badInput, meaning: 'Weights belong to another vocabulary.' },
  MLIP_E_WEIGHTS_NOT_FINITE: { exit: EXIT.badInput, meaning: 'Weights are NaN or infinite.' },
  MLIP_E_WEIGHTS_NAMES: { exit: EXIT.badInput, meaning: 'Initial weights have names that the model does not have.' },
  MLIP_E_WEIGHTS_OUT: { exit: EXIT.usage, meaning: 'Weights cannot be written there, or something is there already.' },
  // evaluation
  MLIP_E_EVALUATION_NO_PAIRS: { exit: EXIT.badInput, meaning: 'A manifest has no usable pairs to score.' },
  MLIP_E_EVALUATION_UNKNOWN_CLASS: { exit: EXIT.usage, meaning: 'No image of a list has that label.' },
  MLIP_E_EVALUATION_TOO_FEW_IMAGES: {
    exit: EXIT.badInput,
    meaning: 'A class has too few usable images to fit or score a classifier.',
  },
  MLIP_E_EVALUATION_PROMPTS: { exit: EXIT.badInput, meaning: 'A file of zero-shot prompts cannot be read or used.' },
  MLIP_E_EVALUATION_NO_LABELS: { exit: EXIT.badInput, meaning: 'No label of a manifest can be scored.' },
  MLIP_E_EVALUATION_NOT_FINITE: { exit: EXIT.runFailed, meaning: 'A checkpoint gives NaN or infinite embeddings.' },
  // data
  MLIP_E_DATA_MANIFEST_MISSING: { exit: EXIT.badInput, meaning: 'There is no manifest at that path.' },
  MLIP_E_DATA_MANIFEST_EMPTY: { exit: EXIT.badInput, meaning: 'A manifest has no rows.' },
  MLIP_E_DATA_MANIFEST_FORMAT: {
    exit: EXIT.badInput,
    meaning: 'A manifest is of a kind or layout that mlip does not read.',
  },
  MLIP_E_DATA_ROWS: { exit: EXIT.badInput, meaning: 'Too many rows of a manifest are faulty.' },
  MLIP_E_DATA_TOO_FEW_PAIRS: { exit: EXIT.badInput, meaning: 'A manifest has fewer usable pairs than a batch.' },
  MLIP_E_DATA_VOCABULARY: { exit: EXIT.badInput, meaning: 'A vocabulary cannot be read, built or used.' },
  MLIP_E_DATA_IMAGE: { exit: EXIT.badInput, meaning: 'An image is missing, unreadable or of an absurd size.' },
  MLIP_E_DATA_IMAGES: { exit: EXIT.badInput, meaning: 'Too many images turned out to be unusable during a run.' },
  MLIP_E_DATA_STORAGE: {
    exit: EXIT.environment,
    meaning: 'The storage that holds the data failed or does not answer.',
  },
  MLIP_E_DATA_DEADLINE: { exit: EXIT.runFailed, meaning: 'A batch was not decoded in time.' },
  MLIP_E_DATA_SYNTH_OUT: {
    exit: EXIT.badInput,
    meaning: 'The directory for a synthetic corpus holds something else.',
  },
  // knowledge
  MLIP_E_KNOWLEDGE_GRAPH: { exit: EXIT.badInput, meaning: 'A knowledge graph is missing, malformed or contradictory.' },
  MLIP_E_KNOWLEDGE_RRF: {
    exit: EXIT.badInput,
    meaning: 'A file of UMLS is missing, of a wrong version or out of order.',
  },
  MLIP_E_KNOWLEDGE_EMBEDDINGS: {
    exit: EXIT.badInput,
    meaning: 'Concept embeddings are missing, of another graph or unusable.',
  },
  MLIP_E_KNOWLEDGE_OUT: { exit: EXIT.badInput, meaning: 'What knowledge would be written to is there already.' },
  MLIP_E_KNOWLEDGE_CONCEPT: { exit: EXIT.usage, meaning: 'A graph has no concept of that id or name.' },
  MLIP_E_KNOWLEDGE_LINKS: {
    exit: EXIT.badInput,
    meaning: 'Links of a manifest name concepts that the knowledge graph does not have.',
  },
  // bench
  MLIP_E_BENCH_PEER: { exit: EXIT.environment, meaning: 'What a benchmark compares with could not be installed.' },
  MLIP_E_BENCH_FAILED: { exit: EXIT.failure, meaning: 'A process that a benchmark measures failed.' },
  MLIP_E_BENCH_DISAGREE: {
    exit: EXIT.failure,
    meaning: 'The two sides of a benchmark computed different things, so no figure is given.',
  },
  // rpc
  MLIP_E_RPC_ADDRESS: { exit: EXIT.usage, meaning: 'An address is not of the form HOST:PORT.' },
  MLIP_E_RPC_UNREACHABLE: { exit: EXIT.environment, meaning: 'No coordinator answers at that address.' },
  MLIP_E_RPC_VERSION: { exit: EXIT.environment, meaning: 'Two parts of a run are of different versions of mlip.' },
  MLIP_E_RPC_TOO_LARGE: { exit: EXIT.failure, meaning: 'A message is larger than its bound.' },
  MLIP_E_RPC_TENSOR: { exit: EXIT.failure, meaning: 'A tensor stream has not the shape or length that it announces.' },
  MLIP_E_RPC_PROTOCOL: { exit: EXIT.failure, meaning: 'A message is malformed or out of order.' },
  MLIP_E_PORT_IN_USE: { exit: EXIT.environment, meaning: 'A port is taken by another process.' },
  // bus
  MLIP_E_STORE_ADDRESS: {
    exit: EXIT.usage,
    meaning: 'The address or the settings of a store are missing, malformed or contradict each other.',
  },
  MLIP_E_STORE_NAME: {
    exit: EXIT.usage,
    meaning: 'A key or the name of something in a store has letters it must not.',
  },
  MLIP_E_STORE_UNREACHABLE: {
    exit: EXIT.environment,
    meaning: 'A store cannot be reached, or its directory not used.',
  },
  MLIP_E_STORE_AUTH: { exit: EXIT.environment, meaning: 'A store does not let this user in, or not that far.' },
  MLIP_E_STORE_TLS: { exit: EXIT.environment, meaning: 'The connection to a store could not be secured.' },
  MLIP_E_STORE_UNSUPPORTED: { exit: EXIT.environment, meaning: 'A store lacks something that mlip needs.' },
  MLIP_E_STORE_FULL: {
    exit: EXIT.environment,
    meaning: 'A store has no room left; what was to be written is not there.',
  },
  MLIP_E_STORE_TIMEOUT: {
    exit: EXIT.environment,
    meaning: 'A store did not answer in time; whether it did what was asked is unknown.',
  },
  MLIP_E_STORE_TOO_LARGE: { exit: EXIT.failure, meaning: 'A value is larger than a store takes.' },
  MLIP_E_STORE_MISSING: { exit: EXIT.badInput, meaning: 'A store has no object of that name.' },
  MLIP_E_STORE_CORRUPT: { exit: EXIT.badInput, meaning: 'What a store holds is not as it was written.' },
  MLIP_E_STORE_CLOSED: { exit: EXIT.failure, meaning: 'A store was used after it had been closed.' },
  MLIP_E_STORE_FAILED: { exit: EXIT.environment, meaning: 'A store refused or failed an operation.' },
  // security
  MLIP_E_TOKEN_MISSING: { exit: EXIT.usage, meaning: 'A run is joined with its token, and none is given.' },
  MLIP_E_TOKEN_UNUSABLE: { exit: EXIT.usage, meaning: 'A run token cannot be read, or could be guessed.' },
  MLIP_E_TOKEN_WRONG: { exit: EXIT.environment, meaning: 'The run has another token.' },
  MLIP_E_SESSION_WRONG: {
    exit: EXIT.runFailed,
    meaning: 'A call is made in the name of a worker by somebody who is not in its session.',
  },
  MLIP_E_TLS_FILES: { exit: EXIT.usage, meaning: 'Files of TLS are missing, unreadable or do not belong together.' },
  MLIP_E_TLS_CERTIFICATE: {
    exit: EXIT.environment,
    meaning: 'A certificate of our own would be refused by others, or another end’s is of no use.',
  },
  MLIP_E_TLS_MISSING: {
    exit: EXIT.environment,
    meaning: 'One of two ends shows no certificate: it speaks no TLS, or has none.',
  },
  MLIP_E_TLS_AUTHORITY: { exit: EXIT.environment, meaning: 'The other end’s certificate is of a foreign authority.' },
  MLIP_E_TLS_EXPIRED: {
    exit: EXIT.environment,
    meaning: 'The other end’s certificate has expired, or is not valid yet.',
  },
  MLIP_E_TLS_NAME: { exit: EXIT.environment, meaning: 'The other end’s certificate is for other names.' },
  MLIP_E_TLS_REFUSED: { exit: EXIT.environment, meaning: 'The other end does not take our certificate.' },
  MLIP_E_LIMIT: { exit: EXIT.failure, meaning: 'A peer sent more, longer or slower than it may.' },
  MLIP_E_PATH_OUTSIDE: { exit: EXIT.badInput, meaning: 'A path from outside leads out of the output directory.' },
  MLIP_E_SECRET_FOUND: {
    exit: EXIT.failure,
    meaning: 'What was to be handed on holds a secret, and was not written.',
  },
  MLIP_E_CERTS_EXIST: { exit: EXIT.usage, meaning: 'There are certificates already where new ones would be written.' },
  // coordinator
  MLIP_E_COORDINATOR_LOST: { exit: EXIT.runFailed, meaning: 'The coordinator died or was cut off.' },
  MLIP_E_WORKER_LOST: { exit: EXIT.runFailed, meaning: 'A worker died, froze or was cut off.' },
  MLIP_E_WORKER_SLOW: {
    exit: EXIT.runFailed,
    meaning: 'A worker was far slower than the others for too long, and was dropped.',
  },
  MLIP_E_PREEMPTED: {
    exit: EXIT.again,
    meaning: 'The process was told to go (SIGTERM); the state is saved, and the run goes on when it is started again.',
  },
  MLIP_E_HANDED_OVER: {
    exit: EXIT.again,
    meaning: 'The coordinator was told to go (SIGTERM); its workers wait for it, or another one, to be started again.',
  },
  MLIP_E_LEASE_LOST: {
    exit: EXIT.again,
    meaning: 'A coordinator did not renew its lease in time, and another one may command by now.',
  },
  MLIP_E_JOIN_TIMEOUT: { exit: EXIT.runFailed, meaning: 'Not all workers joined in time.' },
  MLIP_E_RUN_TIMEOUT: { exit: EXIT.runFailed, meaning: 'Not all workers reached a common point of the run in time.' },
  MLIP_E_RUN_CLOSED: { exit: EXIT.environment, meaning: 'The run takes no more workers.' },
  MLIP_E_RUN_MISMATCH: { exit: EXIT.badInput, meaning: 'Workers do not hold the same data or the same parameters.' },
  MLIP_E_RUN_STALE: { exit: EXIT.runFailed, meaning: 'A message belongs to another generation or another step.' },
  MLIP_E_RUN_OVER: {
    exit: EXIT.badInput,
    meaning: 'The run has ended or is ending, so that the command comes too late.',
  },
  MLIP_E_WORKER_UNKNOWN: { exit: EXIT.badInput, meaning: 'The run has no worker of that number or rank.' },
  MLIP_E_WORKER_NEEDED: {
    exit: EXIT.usage,
    meaning: 'The run cannot go on without the worker that is to leave, or with so few.',
  },
  MLIP_E_RUN_RECORD: { exit: EXIT.badInput, meaning: 'What a coordinator left of a run cannot be read.' },
  MLIP_E_RUN_DIRECTORY: { exit: EXIT.badInput, meaning: 'A directory holds no run, or half of one.' },
  MLIP_E_RUN_UNKNOWN: { exit: EXIT.badInput, meaning: 'A store has no run of that name.' },
  MLIP_E_RUN_UNFINISHED: {
    exit: EXIT.badInput,
    meaning: 'A run has not ended, so that its reports are not there yet.',
  },
  MLIP_E_SUBMISSION: {
    exit: EXIT.badInput,
    meaning: 'A submitted run cannot be read, perhaps since another version submitted it.',
  },
  MLIP_E_LEDGER: { exit: EXIT.badInput, meaning: 'A run has no ledger, or one that cannot be read.' },
  MLIP_E_AUDIT: {
    exit: EXIT.runFailed,
    meaning: 'A ledger does not show that every row was used as planned and every step applied once.',
  },
  MLIP_E_OUT_PATH: { exit: EXIT.usage, meaning: 'The path of an output directory is empty or has control characters.' },
  MLIP_E_OUT_LOCKED: { exit: EXIT.environment, meaning: 'Another coordinator writes to the output directory.' },
  MLIP_E_OUT_OTHER_RUN: { exit: EXIT.usage, meaning: 'The output directory holds another run.' },
  MLIP_E_OUT_WRITE: { exit: EXIT.environment, meaning: 'The output directory cannot be written.' },
} as const satisfies Record<string, { exit: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export interface ErrorDetails {
  /** File, row, field, rank or address that is to blame. */
  where?: string;
  /** What the reader can do about it, as a sentence. */
  remedy?: string;
  cause?: unknown;
}

/** An error that a user can act on. Printed without its stack unless `--debug` is given. */
export class MlipError extends Error {
  override readonly name = 'MlipError';
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.remedy = details.remedy;
  }

  get exitCode(): number {
    return ERROR_TABLE[this.code].exit;
  }
}

/** Whether that is an error of ours, with this code. */
export function hasCode(error: unknown, code: ErrorCode): error is MlipError {
  return error instanceof MlipError && error.code === code;
}

/** Text for a terminal: code, place, message, remedy; each on its line. */
export function formatError(error: MlipError): string {
  const lines = [`error ${error.code}: ${error.message}`];
  if (error.where !== undefined) lines.push(`  where:  ${error.where}`);
  if (error.remedy !== undefined) lines.push(`  remedy: ${error.remedy}`);
  return lines.join('\n');
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
