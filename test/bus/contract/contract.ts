/** What every store promises: the same tests for each implementation. */
import { afterAll, beforeAll } from 'vitest';
import type { Store } from '../../../src/bus/store.js';
import { eventsContract } from './events.js';
import { objectsContract } from './objects.js';
import type { Opened } from './opened.js';
import { queueContract } from './queue.js';
import { valuesContract } from './values.js';
import { wholeContract } from './whole.js';

export interface StoreUnderTest extends Pick<Opened, 'tellsExpiry'> {
  /** Opens the store once more, as another process would. */
  open(): Promise<Store>;
  end(): Promise<void>;
}

export function storeContract(start: () => Promise<StoreUnderTest>): void {
  let under: StoreUnderTest | undefined;
  let opened: Opened | undefined;

  beforeAll(async () => {
    const started = await start();
    under = started;
    const [store, other] = [await started.open(), await started.open()];
    opened = { store, other, tellsExpiry: started.tellsExpiry, again: () => started.open() };
  });
  afterAll(async () => {
    await opened?.store.close();
    await opened?.other.close();
    await under?.end();
  });

  for (const part of [valuesContract, queueContract, eventsContract, objectsContract, wholeContract])
    part(() => opened!);
}
