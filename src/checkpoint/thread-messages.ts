/** What a process and the thread that writes its checkpoints say to each other. */
import { type ErrorCode, messageOf, MlipError } from '../core/errors.js';
import type { HostTensors } from '../core/host-tensor.js';
import type { Checkpoint, SavedCheckpoint } from './checkpoint.js';
import type { RetentionPolicy } from './retention.js';

/** Given to the thread when it starts. */
export interface WriterSettings {
  out: string;
  policy: RetentionPolicy;
  /** checkpoint.destination. */
  destination: string;
}

/** To the thread. One `save` at a time; `finish` asks for `finished`. */
export type WriterRequest = { kind: 'save'; checkpoint: Checkpoint } | { kind: 'finish' };

/**
 * From the thread: `written` and `failed` answer a `save` and give the tensors back. `finished`: the destination has all
 * that is worth keeping, or copying has failed.
 */
export type WriterAnswer =
  | { kind: 'written'; saved: SavedCheckpoint; tensors: Tensors }
  | { kind: 'failed'; error: PlainError; tensors: Tensors }
  | { kind: 'finished' };

/** `notRetained` comes before `written`; `copied` and `notCopied` are about the destination and come whenever they are true. */
export type WriterReply =
  | WriterAnswer
  | { kind: 'notRetained'; step: number; error: PlainError }
  | { kind: 'copied'; step: number; where: string }
  | { kind: 'notCopied'; step: number | null; error: PlainError };

export type Tensors = Pick<Checkpoint, 'model' | 'optimizer'>;

/** Buffers that hold one tensor and nothing else go to another thread without being copied, and are gone here. */
export function buffersOf({ model, optimizer }: Tensors): ArrayBuffer[] {
  const whole = (tensors: HostTensors): ArrayBuffer[] =>
    [...tensors.values()].flatMap(({ data }) =>
      data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength ? [data.buffer] : [],
    );
  return [...new Set([...whole(model), ...whole(optimizer)])];
}

/** An error as it is between threads, which keep no classes. */
export interface PlainError {
  code: ErrorCode;
  message: string;
  where: string | undefined;
  remedy: string | undefined;
}

export function toPlain(error: unknown): PlainError {
  if (!(error instanceof MlipError)) {
    return { code: 'MLIP_E_INTERNAL', message: messageOf(error), where: undefined, remedy: undefined };
  }
  const { code, message, where, remedy } = error;
  return { code, message, where, remedy };
}

export function fromPlain({ code, message, where, remedy }: PlainError): MlipError {
  return new MlipError(code, message, { where, remedy });
}
