/** The connection to NATS servers: kept while the store is open, with operations tried again while the server is away. */
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { EventEmitter, once } from 'node:events';
import { MlipError, messageOf } from '../../core/errors.js';
import { linkedSignal } from '../../core/linked-signal.js';
import { startElapsed } from '../elapsed.js';
import { pause } from '../pause.js';
import { Interrupted, isPassing, storeError } from './failures.js';

/** One answer is awaited so long: a server of a cluster that dies takes with it what it was asked. */
export const ANSWER_MS = 2000;
const RETRY_MS = 100;

export interface LinkTerms {
  readonly where: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly patienceMs: number;
}

export class Link {
  readonly terms: LinkTerms;
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly #events = new EventEmitter<{ up: []; down: [] }>();
  readonly #closing = new AbortController();
  #connected = true;
  /** What the server or the network said last while there was no connection. */
  #said: unknown;
  #manager: JetStreamManager | undefined;

  constructor(connection: NatsConnection, terms: LinkTerms) {
    this.connection = connection;
    this.terms = terms;
    this.jetstream = jetstream(connection, { timeout: ANSWER_MS });
    this.#events.setMaxListeners(0);
    void this.#watch();
  }

  /** Given when the store is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get manager(): JetStreamManager {
    if (this.#manager === undefined) throw new MlipError('MLIP_E_INTERNAL', 'the store is not open yet');
    return this.#manager;
  }

  /** Sees whether there is JetStream. */
  async prepare(): Promise<void> {
    this.#manager = await this.persist(() => jetstreamManager(this.connection, { timeout: ANSWER_MS }));
  }

  /**
   * Runs an operation, again and again while the server is away or in an election, until patience ends. So it must do no harm twice:
   * publishing has an id by which the server knows it again.
   */
  async persist<T>(operation: () => Promise<T>): Promise<T> {
    const elapsed = startElapsed();
    const leftMs = (): number => Math.max(0, this.terms.patienceMs - elapsed());
    for (;;) {
      const failure = await this.#attempt(operation, leftMs());
      if ('value' in failure) return failure.value;
      this.#throwUnlessPassing(failure.error);
      if (leftMs() === 0) throw this.#impatient(failure.error);
      await pause(Math.min(RETRY_MS, leftMs()), this.closing);
    }
  }

  /**
   * Runs an operation that may take long and is whole or undone: tried again from its beginning `tries` times where the connection
   * breaks, after the server is back.
   */
  async repeat<T>(operation: () => Promise<T>, tries: number): Promise<T> {
    for (let tried = 1; ; tried++) {
      const failure = await this.#attempt(operation);
      if ('value' in failure) return failure.value;
      this.#throwUnlessPassing(failure.error);
      if (tried >= tries) throw this.#impatient(failure.error);
      await this.persist(() => this.manager.getAccountInfo());
    }
  }

  /** Calls back when the connection breaks, once; the returned function takes that back. */
  onceDown(callback: () => void): () => void {
    this.#events.once('down', callback);
    return () => void this.#events.off('down', callback);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.connection.close();
  }

  /** Ends when the connection breaks, or after so long, the wait for the connection included. */
  async #attempt<T>(operation: () => Promise<T>, limitMs?: number): Promise<{ value: T } | { error: unknown }> {
    const over = linkedSignal(this.closing, limitMs);
    try {
      if (!this.#connected) await once(this.#events, 'up', { signal: over.signal });
      const broken = once(this.#events, 'down', { signal: over.signal });
      const outcome = await Promise.race([(async () => ({ value: await operation() }))(), broken]);
      return outcome instanceof Array ? { error: new Interrupted('no answer came') } : outcome;
    } catch (error) {
      return { error: over.signal.aborted ? new Interrupted('no answer came in time', { cause: error }) : error };
    } finally {
      over.abort();
      over.release();
    }
  }

  #throwUnlessPassing(error: unknown): void {
    if (this.closing.aborted) {
      throw new MlipError('MLIP_E_STORE_CLOSED', 'the store has been closed', { where: this.terms.where });
    }
    if (!isPassing(error)) throw storeError(this.terms.where, error);
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'error') this.#said = status.error;
      if (status.type === 'disconnect') {
        this.#connected = false;
        this.#events.emit('down');
      } else if (status.type === 'reconnect') {
        this.#connected = true;
        this.#said = undefined;
        this.#events.emit('up');
      }
    }
  }

  #impatient(failure: unknown): MlipError {
    const { where, patienceMs } = this.terms;
    const said = messageOf(this.#said ?? failure);
    if (this.#connected) {
      return new MlipError('MLIP_E_STORE_TIMEOUT', `the NATS server did not do it within ${patienceMs} ms: ${said}`, {
        where,
        remedy: 'Look into the log of the server: its disk may be slow or full, or most of its cluster away.',
        cause: failure,
      });
    }
    return new MlipError('MLIP_E_STORE_UNREACHABLE', `the NATS server was away for ${patienceMs} ms: ${said}`, {
      where,
      remedy: 'Check that the server runs and that the network lets this machine reach it.',
      cause: failure,
    });
  }
}
