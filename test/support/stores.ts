/** The two kinds of stores for tests of what uses them: a directory, and a real nats-server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { openStore, type StoreChoice } from '../../src/bus/open-store.js';
import type { Store } from '../../src/bus/store.js';
import { findNatsServer } from './nats-provision.js';
import { type NatsServer, startNatsServer } from './nats-server.js';

export interface StoreUnderTest {
  readonly kind: 'directory' | 'nats';
  /** As another process would. */
  open(): Promise<Store>;
  /** Arguments by which the command line names it. */
  flags(): string[];
}

/** The same tests for each of them; NATS is left out where there is no server. */
export function describeStores(about: string, tests: (store: StoreUnderTest) => void): void {
  describe(`${about}, in a directory`, () => tests(inDirectory()));
  describe.skipIf(findNatsServer() === undefined)(`${about}, on NATS`, () => tests(onNats()));
}

function inDirectory(): StoreUnderTest {
  const directory = folder();
  return under('directory', () => ({ directory: directory() }));
}

function onNats(): StoreUnderTest {
  const directory = folder();
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer({ directory: directory() });
  });
  afterAll(() => server?.kill());
  return under('nats', () => ({ nats: server.address }));
}

function under(kind: StoreUnderTest['kind'], choice: () => StoreChoice): StoreUnderTest {
  const opened: Store[] = [];
  afterAll(() => Promise.all(opened.map((store) => store.close())));
  return {
    kind,
    async open() {
      const store = await openStore(choice());
      opened.push(store);
      return store;
    },
    flags() {
      const { nats, directory } = choice();
      return nats === undefined ? ['--store', directory!] : ['--nats', nats];
    },
  };
}

function folder(): () => string {
  let path: string;
  beforeAll(() => {
    path = mkdtempSync(join(tmpdir(), 'mlip-store-'));
  });
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return () => path;
}
