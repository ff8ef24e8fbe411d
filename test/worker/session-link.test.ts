/** A worker's line to its coordinator: which of the connections that it is offered it takes, keeps and closes. */
import { afterEach, describe, expect, it } from 'vitest';
import { MlipError } from '../../src/core/errors.js';
import type { Connection } from '../../src/worker/session-connection.js';
import { SessionLink } from '../../src/worker/session-link.js';
import type { StreamEvents } from '../../src/worker/session-stream.js';

const LOST = new MlipError('MLIP_E_COORDINATOR_LOST', 'gone');

interface Fake extends Connection {
  events: StreamEvents | undefined;
  isCut: boolean;
}

/** `deadOnArrival`: its end has come before anybody listens. */
function connection(address: string, deadOnArrival = false): Fake {
  return {
    address,
    welcome: { heartbeatMs: 60_000 } as Connection['welcome'],
    bulk: {} as Connection['bulk'],
    events: undefined,
    isCut: false,
    send: () => undefined,
    close: async () => undefined,
    listen(events) {
      this.events = events;
      if (deadOnArrival) events.closed(LOST);
    },
    cut() {
      this.isCut = true;
    },
  };
}

const links: SessionLink[] = [];
afterEach(() => Promise.all(links.splice(0).map((link) => link.close())));

/** Takes what is found, and searches again as soon as that is lost. */
function linkTo(first: Connection, finds: readonly Promise<Connection>[]) {
  const told: string[] = [];
  const left = [...finds];
  const search = (): void => void link.restore(() => left.shift() ?? Promise.reject(LOST));
  const link = new SessionLink({
    message: () => undefined,
    beat: () => undefined,
    lost() {
      told.push('lost');
      search();
    },
    found(found) {
      told.push(`found ${found.address}`);
      link.attach(found);
    },
    gaveUp: () => told.push('gave up'),
  });
  links.push(link);
  link.attach(first);
  return { link, told };
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** A search that is under way. */
function searching() {
  let found!: (connection: Connection) => void;
  let inVain!: (error: MlipError) => void;
  const search = new Promise<Connection>((resolve, reject) => ([found, inVain] = [resolve, reject]));
  return { search, found, inVain };
}

describe('a coordinator that is lost', () => {
  it('in the moment in which it is found is looked for again', async () => {
    const [first, dead, alive] = [connection('a'), connection('b', true), connection('c')];
    const { link, told } = linkTo(first, [Promise.resolve(dead), Promise.resolve(alive)]);
    first.events!.closed(LOST);
    await soon();
    expect(told).toEqual(['lost', 'found b', 'lost', 'found c']);
    expect([first.isCut, dead.isCut, alive.isCut]).toEqual([true, true, false]);
    expect(link.connection).toBe(alive);
  });

  it('and says so again, after another one was found, ends nothing', async () => {
    const [first, second] = [connection('a'), connection('b')];
    const { link, told } = linkTo(first, [Promise.resolve(second)]);
    first.events!.closed(LOST);
    await soon();
    first.events!.closed(LOST);
    expect(told).toEqual(['lost', 'found b']);
    expect(link.connection).toBe(second);
  });
});

describe('a search that comes to its end too late', () => {
  it('closes what it has found, where the line is closed by then', async () => {
    const [first, late] = [connection('a'), connection('b')];
    const { search, found } = searching();
    const { link, told } = linkTo(first, [search]);
    first.events!.closed(LOST);
    await link.close();
    found(late);
    await soon();
    expect(told).toEqual(['lost']);
    expect([late.isCut, late.events, link.connection]).toEqual([true, undefined, undefined]);
  });

  it('closes what it has found, where there is another one by then', async () => {
    const [first, newer, late] = [connection('a'), connection('b'), connection('c')];
    const { search, found } = searching();
    const { link, told } = linkTo(first, [search]);
    first.events!.closed(LOST);
    link.attach(newer);
    found(late);
    await soon();
    expect(told).toEqual(['lost']);
    expect([newer.isCut, late.isCut]).toEqual([false, true]);
    expect(link.connection).toBe(newer);
  });

  it('in vain is no news then', async () => {
    const first = connection('a');
    const { search, inVain } = searching();
    const { link, told } = linkTo(first, [search]);
    first.events!.closed(LOST);
    await link.close();
    inVain(LOST);
    await soon();
    expect(told).toEqual(['lost']);
    await link.restore(() => Promise.reject(LOST));
    expect(told).toEqual(['lost']);
  });
});
