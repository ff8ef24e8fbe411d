/** Writes checkpoints on another thread, one at a time. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf, MlipError } from '../core/errors.js';
import { packageRoot } from '../core/package-root.js';
import type { Checkpoint, SavedCheckpoint } from './checkpoint.js';
import {
  buffersOf,
  fromPlain,
  type Tensors,
  type WriterAnswer,
  type WriterReply,
  type WriterRequest,
  type WriterSettings,
} from './thread-messages.js';

/** Node starts no thread from TypeScript, so tests of the sources take the compiled file as well. */
const THREAD = join(packageRoot, 'dist', 'src', 'checkpoint', 'writer-thread.js');

export interface WriterEvents {
  /** The tensors of a checkpoint are no longer needed: their memory may take the next ones. */
  released?: (tensors: Tensors) => void;
  /** The checkpoint of that step is written, but earlier ones could not be deleted. */
  notRetained?: (error: MlipError, step: number) => void;
  /** The destination has the checkpoint of that step. */
  copied?: (step: number, where: string) => void;
  /** `step` is null where it could not even be found out what is missing there. */
  notCopied?: (error: MlipError, step: number | null) => void;
}

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: MlipError) => void;
}

export class BackgroundWriter {
  private readonly settings: WriterSettings;
  private readonly events: WriterEvents;
  private thread: Worker | undefined;
  private writing: Waiting | undefined;
  private finishing: Waiting[] = [];

  constructor(settings: WriterSettings, events: WriterEvents = {}) {
    this.settings = settings;
    this.events = events;
  }

  /**
   * Resolves when the checkpoint is on disk. Its tensors are the writer's until `released`. Throws MLIP_E_OUT_WRITE. Not
   * to be called again before.
   */
  write(checkpoint: Checkpoint): Promise<SavedCheckpoint> {
    if (this.writing !== undefined) throw new MlipError('MLIP_E_INTERNAL', 'a checkpoint is being written already');
    return new Promise((resolve, reject) => {
      this.ask({ kind: 'save', checkpoint }, buffersOf(checkpoint));
      this.writing = { resolve, reject };
    });
  }

  /** Resolves when the destination has all that is worth keeping, or copying has failed. At once where there is none. */
  async copied(): Promise<void> {
    if (this.thread === undefined || this.settings.destination === '') return;
    await new Promise<void>((resolve, reject) => {
      this.ask({ kind: 'finish' });
      this.finishing.push({ resolve, reject });
    });
  }

  /** What is not written or copied by now never will be. */
  async close(): Promise<void> {
    await this.thread?.terminate();
  }

  /** Where it throws, nothing is on its way, and nothing is to be waited for. */
  private ask(request: WriterRequest, transfer: ArrayBuffer[] = []): void {
    try {
      this.thread ??= this.start();
      this.thread.postMessage(request, transfer);
      this.thread.ref();
    } catch (cause) {
      this.rest();
      throw this.failure(`the thread that writes checkpoints cannot be asked: ${messageOf(cause)}`);
    }
  }

  private start(): Worker {
    const thread = new Worker(THREAD, { workerData: this.settings, execArgv: [], name: 'checkpoints' });
    // One that has failed goes on for a moment beside the next one, for which it no longer speaks.
    const current = (action: () => void): void => (thread === this.thread ? action() : undefined);
    thread.on('message', (message: WriterReply) => current(() => this.hear(message)));
    thread.on('error', ({ message }) =>
      current(() => this.over(`the thread that writes checkpoints failed: ${message}`)),
    );
    thread.on('exit', () => current(() => this.over('the thread that writes checkpoints has ended')));
    return thread;
  }

  private hear(message: WriterReply): void {
    if (message.kind === 'copied') this.events.copied?.(message.step, message.where);
    else if (message.kind === 'notCopied') this.events.notCopied?.(fromPlain(message.error), message.step);
    else if (message.kind === 'notRetained') this.events.notRetained?.(fromPlain(message.error), message.step);
    else this.answer(message);
  }

  private answer(message: WriterAnswer): void {
    const { writing, finishing } = this;
    if (message.kind === 'finished') this.finishing = [];
    else {
      this.writing = undefined;
      this.events.released?.(message.tensors);
    }
    this.rest();
    if (message.kind === 'finished') finishing.forEach(({ resolve }) => resolve(undefined as never));
    else if (message.kind === 'written') writing?.resolve(message.saved as never);
    else writing?.reject(fromPlain(message.error));
  }

  /** A thread for which nobody waits is no reason for the process to stay. */
  private rest(): void {
    if (this.writing === undefined && this.finishing.length === 0) this.thread?.unref();
  }

  private over(what: string): void {
    const waiting = [this.writing, ...this.finishing];
    this.thread = this.writing = undefined;
    this.finishing = [];
    waiting.forEach((one) => one?.reject(this.failure(what)));
  }

  private failure(what: string): MlipError {
    return new MlipError('MLIP_E_INTERNAL', what, { where: this.settings.out });
  }
}
