/**
 * A worker's line to its coordinator: carries messages, beats, notices when the coordinator is lost, and finds it again.
 */
import { MlipError } from '../core/errors.js';
import type { CoordinatorMessageSeen, WorkerMessage } from '../rpc/service.js';
import { type Heart, startHeart } from './heart.js';
import { PulseClock } from './pulse-clock.js';
import type { Connection } from './session-connection.js';

export interface LinkEvents {
  message(message: CoordinatorMessageSeen): void;
  beat(): void;
  /** The stream ended or broke, or nothing comes any more. */
  lost(error: MlipError): void;
  /** A coordinator was found again, or is not to be found. */
  found(connection: Connection): void;
  gaveUp(error: MlipError): void;
}

export class SessionLink {
  /** Undefined while the coordinator is lost. */
  connection: Connection | undefined;
  private readonly clock = new PulseClock();
  private heart: Heart | undefined;
  private searching = false;
  private closed = false;
  private readonly events: LinkEvents;

  constructor(events: LinkEvents) {
    this.events = events;
  }

  attach(connection: Connection): void {
    const { address, welcome } = connection;
    const heart = startHeart(
      welcome.heartbeatMs,
      () => this.beat(),
      () => this.lose(connection, frozen(address)),
    );
    this.connection = connection;
    this.heart = heart;
    this.clock.forget();
    connection.listen({
      message: (message) => {
        heart.heard();
        if (message.pulse !== null && message.pulse.sentMs > 0) this.clock.hear(message.pulse.sentMs);
        this.events.message(message);
      },
      closed: (error) => this.lose(connection, error ?? closedEarly(address)),
    });
  }

  /** Nothing has come for longer than it should: the coordinator may be frozen. */
  get silent(): boolean {
    return this.heart?.silent ?? false;
  }

  /** Does nothing while the coordinator is lost; false then. */
  send(message: WorkerMessage): boolean {
    this.connection?.send(message);
    return this.connection !== undefined;
  }

  /** While the coordinator is lost: goes on with the connection that `search` finds. */
  async restore(search: () => Promise<Connection>): Promise<void> {
    if (this.searching || this.closed || this.connection !== undefined) return;
    this.searching = true;
    const tell = await search().then(
      (connection) => () => this.take(connection),
      (error: MlipError) => () => this.giveUp(error),
    );
    // Over before anybody is told: what was found may be lost again while it is taken, and must be looked for once more then.
    this.searching = false;
    tell();
  }

  /** Sends what is still unsent, then closes. */
  async close(): Promise<void> {
    const { connection } = this;
    this.closed = true;
    this.forget();
    await connection?.close();
  }

  private beat(): void {
    this.send({ heartbeat: this.clock.heartbeat() });
    this.events.beat();
  }

  /** A search may find what nobody wants any more: nobody else would close it. */
  private take(connection: Connection): void {
    if (this.closed || this.connection !== undefined) connection.cut();
    else this.events.found(connection);
  }

  private giveUp(error: MlipError): void {
    if (!this.closed && this.connection === undefined) this.events.gaveUp(error);
  }

  /** What an earlier connection says of its end is no news. */
  private lose(connection: Connection, error: MlipError): void {
    if (this.connection !== connection) return;
    connection.cut();
    this.forget();
    this.events.lost(error);
  }

  private forget(): void {
    this.heart?.stop();
    this.connection = undefined;
  }
}

function closedEarly(address: string): MlipError {
  return new MlipError('MLIP_E_COORDINATOR_LOST', 'the coordinator closed the connection before the end of the run', {
    where: address,
    remedy: 'Look at the end of the coordinator’s log.',
  });
}

function frozen(address: string): MlipError {
  return new MlipError('MLIP_E_COORDINATOR_LOST', 'the coordinator does not react any more', {
    where: address,
    remedy: 'Look at what it is doing and whether its machine is reachable.',
  });
}
