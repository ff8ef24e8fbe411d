// Who leads a run, and with which record, where coordinators share a store.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/bus/open-store.js';
import type { Store } from '../../src/bus/store.js';
import { createLogger } from '../../src/core/log.js';
import { EventPublisher } from '../../src/coordinator/event-publisher.js';
import { storedEvent } from '../../src/coordinator/stored-event.js';
import { RUN_EVENTS, type LeadershipOptions, type RunLead, takeLead } from '../../src/coordinator/leadership.js';
import { initialState } from '../../src/coordinator/initial-state.js';
import { recordOf } from '../../src/coordinator/record-of.js';
import type { RunSettings } from '../../src/coordinator/state.js';
import { scratch, startRun } from './harness.js';
import { settings } from './simulation.js';

const log = createLogger({ name: 'test', level: 'error' });
const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function newStore(directory = scratch()): Promise<Store> {
  const store = await openStore({ directory });
  stores.push(store);
  return store;
}

function options(store: Store, changes: Partial<LeadershipOptions> = {}): LeadershipOptions {
  return {
    ...{ shared: { store, name: 'large' }, out: scratch(), configHash: 'c', submission: '' },
    ...{ address: '', leaseMs: 1_000, resume: false, log, ...changes },
  };
}

async function leave(lead: RunLead, ended: boolean, changes: Partial<RunSettings> = {}): Promise<void> {
  const state = initialState({ ...settings, ...changes }, 0);
  await lead.keeper.save({ ...recordOf(state), ended });
  await lead.release();
}

describe('a run that has ended while a coordinator stood by', () => {
  it.each([
    ['is over for one that stood by for it', '', '', true],
    ['is over for the same submission', 'a', 'a', true],
    ['is not another submission of the same name', 'a', 'b', false],
  ])('%s', async (_, first, second, isOver) => {
    const store = await newStore();
    const lead = await takeLead(options(store, { submission: first }));
    const standing = takeLead(options(store, { submission: second }));
    await leave(lead, true, { submission: first });
    const next = await standing;
    expect(next.waited).toBe(true);
    expect(next.over !== null).toBe(isOver);
    await next.release();
  });
});

describe('a coordinator that cannot lead the run', () => {
  it('leaves the lease to others', async () => {
    const store = await newStore();
    await leave(await takeLead(options(store)), false);
    const other = takeLead(options(store, { configHash: 'other' }));
    await expect(other).rejects.toMatchObject({ code: 'MLIP_E_OUT_OTHER_RUN' });
    const next = await takeLead(options(store));
    expect(next).toMatchObject({ waited: false, record: { runId: 'r' } });
    await next.release();
  });

  it('does not begin anew what it does not understand', async () => {
    const out = scratch();
    const path = join(out, 'coordinator.json');
    writeFileSync(path, '{"version": 2}');
    await expect(startRun({ out })).rejects.toMatchObject({ code: 'MLIP_E_RUN_RECORD', where: path });
  });
});

describe('events in the store', () => {
  it('are in the order in which they were published, and all there once flushed', async () => {
    const events = await (await newStore()).events(RUN_EVENTS);
    const publisher = new EventPublisher(events, log);
    const texts = Array.from({ length: 40 }, (_, index) => `event ${index}`);
    for (const text of texts) publisher.publish(storedEvent('r', { kind: 'notice', text }));
    await publisher.flush(10_000);
    const found: string[] = [];
    for await (const { value } of events.read()) found.push((JSON.parse(Buffer.from(value).toString()) as Notice).text);
    expect(found).toEqual(texts);
  });
});

interface Notice {
  text: string;
}
