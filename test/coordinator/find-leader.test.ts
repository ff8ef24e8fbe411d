// Workers look up who leads: a lease that nobody renews is over, also where another machine has written it.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openDirectoryStore } from '../../src/bus/directory/store.js';
import { Versions } from '../../src/bus/directory/versions.js';
import { openNatsStore } from '../../src/bus/nats/store.js';
import { findLeader } from '../../src/coordinator/find-leader.js';
import { LEASES } from '../../src/coordinator/run-store.js';
import { temporaryDirectory } from '../bus/temporary.js';
import { findNatsServer } from '../support/nats-provision.js';
import { startNatsServer } from '../support/nats-server.js';

it('a dead leader on another machine is not named for ever', async () => {
  const directory = temporaryDirectory();
  const store = await openDirectoryStore(directory);
  onTestFinished(() => store.close());
  const [leases, drafts] = [join(directory, 'values', LEASES), join(directory, 'drafts')];
  const lease = Buffer.from(JSON.stringify({ holder: 'a', address: 'a:1' }));
  // As a machine writes it that this one shares no clock with.
  const meta = { stamp: { clock: 'another machine', ms: 0 }, ttlMs: 300 };
  await new Versions(join(leases, 'run'), drafts).append(null, meta, lease);
  for (const find of [findLeader(store, 'run'), findLeader(store, undefined)]) {
    expect(await find()).toEqual(['a:1']);
    await sleep(400);
    expect(await find()).toEqual([]);
  }
});

it.skipIf(findNatsServer() === undefined)(
  'a store that was away at the first look is looked into at the next',
  async () => {
    const server = await startNatsServer({ directory: temporaryDirectory() });
    onTestFinished(() => server.kill());
    const store = await openNatsStore({ servers: server.address, patienceMs: 300 });
    onTestFinished(() => store.close());
    const find = findLeader(store, 'run');
    await server.kill();
    await expect(find()).rejects.toMatchObject({ code: 'MLIP_E_STORE_UNREACHABLE' });
    await server.restart();
    await expect.poll(() => find().catch(() => 'away'), { timeout: 10_000 }).toEqual([]);
  },
);
