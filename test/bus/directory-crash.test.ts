// Processes that write to a store in a directory are killed at any point: nothing is torn, and nothing acknowledged is lost.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDirectoryStore } from '../../src/bus/directory/store.js';
import { readObject, type Store } from '../../src/bus/store.js';
import { startChild, type Child, type Said } from './child.js';
import { temporaryDirectory } from './temporary.js';

const ROUNDS = 8;

/** As children/write-forever.js makes them. */
const valueOf = (number: number): Uint8Array => Buffer.from(Array.from({ length: 500 }, () => number).join(' '));
const objectOf = (number: number): Uint8Array => Buffer.alloc(300_000, `${number} `);

/** The number of a value that is whole. */
function numberOf(value: Uint8Array): number {
  const number = Number(Buffer.from(value).toString().split(' ')[0]);
  expect(Buffer.compare(value, valueOf(number))).toBe(0);
  return number;
}

async function expectAcknowledged(store: Store, said: readonly Said[]): Promise<void> {
  const counter = await (await store.keyValue('values')).get('counter');
  const written = numberOf(counter!.value);
  expect(written).toBeGreaterThanOrEqual(Math.max(...said.map(({ value }) => Number(value ?? 0))));

  const events = new Map<number, number>();
  for await (const { sequence, value } of (await store.events('log')).read()) events.set(sequence, numberOf(value));
  for (const { event, of } of said) if (event !== undefined) expect(events.get(event as number)).toBe(of);
  // Each number was set once, whoever set it.
  expect(new Set(events.values()).size).toBe(events.size);

  const items = new Map(
    (await (await store.queue('queue', { visibilityMs: 1 })).list()).map((item) => [item.id, item]),
  );
  for (const { item, of } of said) if (item !== undefined) expect(numberOf(items.get(item as string)!.value)).toBe(of);

  const objects = await store.objects('objects');
  for (const { name } of await objects.list()) {
    const content = Buffer.from(await readObject(objects, name));
    const number = Number(content.toString('latin1').split(' ')[0]);
    expect(content.equals(objectOf(number))).toBe(true);
    expect(number).toBeGreaterThanOrEqual(
      Math.max(0, ...said.filter((line) => line.object === name).map(({ of }) => Number(of))),
    );
  }
}

it('whenever a writer is killed, what was acknowledged is there and whole, and the other writer goes on', async () => {
  const directory = temporaryDirectory();
  const survivor = startChild('write-forever', directory);
  await survivor.heard('object');
  const victims: Child[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const victim = startChild('write-forever', directory);
    victims.push(victim);
    await victim.heard('value');
    await new Promise((go) => setTimeout(go, round * 3));
    await victim.kill();
  }
  const before = survivor.said.length;
  await expect.poll(() => survivor.said.length).toBeGreaterThan(before + 10);
  await survivor.kill();
  const store = await openDirectoryStore(directory);
  await expectAcknowledged(
    store,
    [survivor, ...victims].flatMap(({ said }) => said),
  );
  await store.close();
});

it('versions of a value do not pile up', async () => {
  const directory = temporaryDirectory();
  const store = await openDirectoryStore(directory);
  const keyValue = await store.keyValue('values');
  for (let i = 0, revision = 0; i < 150; i++) {
    revision = (await keyValue.compareAndSet('key', valueOf(i), revision))!;
  }
  expect(readdirSync(join(directory, 'values', 'values', 'key')).length).toBeLessThanOrEqual(65);
  expect(readdirSync(join(directory, 'drafts'))).toEqual([]);
  await store.close();
});
