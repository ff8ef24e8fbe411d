// A coordinator that takes submitted runs: which of them it leaves to others, and with what it ends.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/bus/open-store.js';
import type { Store } from '../../src/bus/store.js';
import { type ErrorCode, MlipError } from '../../src/core/errors.js';
import { createLogger } from '../../src/core/log.js';
import { type RunQueueOptions, takeRuns } from '../../src/coordinator/run-queue.js';
import { formatSubmission, submittedRuns } from '../../src/coordinator/submission.js';
import { testConfig } from './config.js';
import { scratch, until } from './harness.js';

const log = createLogger({ name: 'test', level: 'error' });
const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function storeWith(...names: string[]): Promise<Store> {
  const store = await openStore({ directory: scratch() });
  stores.push(store);
  const queue = await submittedRuns(store);
  const common = { version: 1 as const, workers: 1, out: '/out', resume: false, config: testConfig(), configText: '' };
  for (const name of names) await queue.submit(formatSubmission({ ...common, id: `id-${name}`, name }));
  return store;
}

/** Takes runs until `run` has been asked for `count` of them. */
async function take(store: Store, count: number, run: RunQueueOptions['run']): Promise<string[]> {
  const [taken, over] = [[] as string[], new AbortController()];
  const done = takeRuns({
    ...{ store, log, signal: over.signal },
    run: async (submission) => {
      taken.push(submission.name);
      return run(submission);
    },
  });
  await until(() => taken.length >= count);
  await sleep(200);
  over.abort();
  await done.catch(() => undefined);
  return taken;
}

const failure = (code: ErrorCode): MlipError => new MlipError(code, 'broke');
async function fail(code: ErrorCode): Promise<never> {
  throw failure(code);
}

describe('a submitted run', () => {
  it.each([
    'MLIP_E_PORT_IN_USE',
    'MLIP_E_OUT_WRITE',
    'MLIP_E_TLS_FILES',
    'MLIP_E_STORE_TIMEOUT',
    'MLIP_E_INTERRUPTED',
  ] as const)('is left to others where a coordinator cannot begin it: %s', async (code) => {
    const store = await storeWith('one');
    expect(await take(store, 1, () => fail(code))).toEqual(['one']);
    expect(await take(store, 1, async () => null)).toEqual(['one']);
  });

  it.each(['MLIP_E_OUT_OTHER_RUN', 'MLIP_E_CONFIG_INVALID'] as const)(
    'is not tried again where every coordinator would refuse it: %s',
    async (code) => {
      const store = await storeWith('one', 'two');
      const outcomes = [() => fail(code), async () => null];
      expect(await take(store, 2, () => outcomes.shift()!())).toEqual(['one', 'two']);
      expect(await (await submittedRuns(store)).take({ waitMs: 100 })).toBeNull();
    },
  );

  it('is done when it has ended badly, and the next one is taken', async () => {
    const store = await storeWith('one', 'two');
    const outcomes = [failure('MLIP_E_PORT_IN_USE'), null];
    expect(await take(store, 2, async () => outcomes.shift()!)).toEqual(['one', 'two']);
    expect(await (await submittedRuns(store)).take({ waitMs: 100 })).toBeNull();
  });

  it('ends the coordinator with what it ended with, where that was told to go', async () => {
    const over = new AbortController();
    const run = async (): Promise<MlipError> => {
      over.abort();
      return failure('MLIP_E_INTERRUPTED');
    };
    const taking = takeRuns({ store: await storeWith('one'), log, signal: over.signal, run });
    await expect(taking).rejects.toMatchObject({ code: 'MLIP_E_INTERRUPTED' });
  });
});
