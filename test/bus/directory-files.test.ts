// What the store in a directory does where its files are not as it left them.
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DirectoryEventLog } from '../../src/bus/directory/event-log.js';
import { Expiry, stampNow } from '../../src/bus/directory/expiry.js';
import { linkExclusively } from '../../src/bus/directory/checked-file.js';
import { Place } from '../../src/bus/directory/place.js';
import { openDirectoryStore } from '../../src/bus/directory/store.js';
import { Versions } from '../../src/bus/directory/versions.js';
import { type EventLog, readObject, type Store } from '../../src/bus/store.js';
import { bytes, codeOf, take, text } from './contract/opened.js';
import { temporaryDirectory } from './temporary.js';

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = temporaryDirectory();
  store = await openDirectoryStore(directory);
});

/** Changes one byte in the middle of the only file below a directory. */
async function damage(folder: string): Promise<void> {
  const files = await readdir(join(directory, folder), { recursive: true, withFileTypes: true });
  const file = files.find((entry) => entry.isFile())!;
  const path = join(file.parentPath, file.name);
  const content = await readFile(path);
  content[content.length >> 1] ^= 1;
  await rm(path);
  await writeFile(path, content);
}

describe('damage is found', () => {
  it('in a value', async () => {
    const keyValue = await store.keyValue('bucket');
    await keyValue.compareAndSet('key', bytes('some value that is longer than its description'.repeat(9)), 0);
    await damage('values');
    expect(await codeOf(keyValue.get('key'))).toBe('MLIP_E_STORE_CORRUPT');
  });

  it('in an event', async () => {
    const events = await store.events('log');
    await events.append(bytes('event'.repeat(90)));
    await damage('events');
    expect(await codeOf(take(events.read(), 1))).toBe('MLIP_E_STORE_CORRUPT');
  });

  it('in an object, and where it was cut off', async () => {
    const objects = await store.objects('bucket');
    const content = Buffer.alloc(2_500_000, 'object');
    await objects.put('a', content);
    await damage('objects');
    expect(await codeOf(readObject(objects, 'a'))).toBe('MLIP_E_STORE_CORRUPT');
    await objects.put('a', content);
    const [file] = await readdir(join(directory, 'objects', 'bucket', 'a'));
    await writeFile(join(directory, 'objects', 'bucket', 'a', file), content.subarray(0, 2_000_000));
    expect(await codeOf(readObject(objects, 'a'))).toBe('MLIP_E_STORE_CORRUPT');
  });
});

describe('a log of events', () => {
  async function open(): Promise<DirectoryEventLog> {
    const place = new Place(directory);
    await place.open();
    return new DirectoryEventLog(place, 'log', { size: 4, kept: 2 });
  }
  const texts = async (log: EventLog, from = 0): Promise<string[]> =>
    (await take(log.read({ from }), 99)).map(({ value }) => text(value));
  const numbers = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, at) => `${from + at}`);

  it('drops what is too old, and is read from what is left', async () => {
    const log = await open();
    for (const number of numbers(1, 30)) await log.append(bytes(number));
    expect(await readdir(join(directory, 'events', 'log'))).toHaveLength(3);
    expect(await texts(log)).toEqual(numbers(20, 30));
    expect(await texts(await open(), 3)).toEqual(numbers(20, 30));
    expect(await texts(log, 25)).toEqual(numbers(25, 30));
  });

  it('goes on for a follower that was slower than what is dropped', async () => {
    const log = await open();
    await log.append(bytes('1'));
    const events = (await open()).read({ follow: true })[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ sequence: 1 });
    for (const number of numbers(2, 30)) await log.append(bytes(number));
    expect((await events.next()).value).toMatchObject({ sequence: 20 });
    expect((await events.next()).value).toMatchObject({ sequence: 21 });
  });

  it('gives nobody a number that was used and dropped, however long he has not looked', async () => {
    const [log, sleeper] = [await open(), await open()];
    expect(await sleeper.append(bytes('1'))).toBe(1);
    for (const number of numbers(2, 30)) await log.append(bytes(number));
    expect(await sleeper.append(bytes('31'))).toBe(31);
    expect(await texts(sleeper)).toEqual(numbers(20, 31));
    for (const number of numbers(32, 36)) await log.append(bytes(number));
    expect(await readdir(join(directory, 'events', 'log'))).toHaveLength(3);
  });
});

describe('a writer that was stopped for long', () => {
  const versions = (): Versions<{ n: number }> => new Versions(join(directory, 'thing'), join(directory, 'drafts'));

  it('cannot undo what came after it: its number is taken', async () => {
    const thing = versions();
    const first = await thing.append(null, { n: 1 }, bytes('1'));
    await thing.append(first, { n: 2 }, bytes('2'));
    expect(await thing.append(first, { n: 99 }, bytes('late'))).toBeNull();
    expect((await thing.latest())?.meta.n).toBe(2);
  });

  it('nor where its number has been used and removed long ago', async () => {
    const thing = versions();
    const first = (await thing.append(null, { n: 1 }, bytes('1')))!;
    let last = first;
    for (let n = 2; n <= 66; n++) last = (await thing.append(last, { n }, bytes(`${n}`)))!;
    // 2 is gone, 3 is there: made from the 2 that was, not from this one.
    expect(await thing.append(first, { n: 99 }, bytes('late'))).toBeNull();
    for (let n = 67; n <= 70; n++) last = (await thing.append(last, { n }, bytes(`${n}`)))!;
    // Both are gone, so what became of a write at 2 cannot be told.
    expect(await codeOf(thing.append(first, { n: 99 }, bytes('late')))).toBe('MLIP_E_STORE_TIMEOUT');
    expect((await thing.latest())?.meta.n).toBe(70);
  });
});

it('an event that a crash of the machine took away does not stop readers', async () => {
  const events = await store.events('log');
  for (const event of ['1', '2', '3', '4']) await events.append(bytes(event));
  await rm(join(directory, 'events', 'log', '0'.repeat(16), '2'.padStart(16, '0')));
  expect((await take(events.read(), 9)).map(({ value }) => text(value))).toEqual(['1', '3', '4']);
  expect((await take(events.read({ follow: true }), 3)).map(({ value }) => text(value))).toEqual(['1', '3', '4']);
});

it('events go on over the directories that hold a thousand each', async () => {
  const events = await store.events('log');
  const last = join(directory, 'events', 'log', '0'.repeat(16), '998'.padStart(16, '0'));
  await events.append(bytes('998'));
  await rename(join(directory, 'events', 'log', '0'.repeat(16), '1'.padStart(16, '0')), last);
  const other = await (await openDirectoryStore(directory)).events('log');
  expect(await other.append(bytes('999'))).toBe(999);
  expect(await other.append(bytes('1000'))).toBe(1000);
  expect(await other.append(bytes('1001'))).toBe(1001);
  expect((await take(other.read({ from: 999 }), 9)).map(({ value }) => text(value))).toEqual(['999', '1000', '1001']);
});

describe('time', () => {
  it('of this boot is known at once, in any process', async () => {
    const stamp = stampNow();
    expect(new Expiry().isOver('a', 1, stamp, 60_000)).toBe(false);
    expect(new Expiry().isOver('a', 1, { ...stamp, ms: stamp.ms - 60_000 }, 60_000)).toBe(true);
  });

  it('of another machine is measured here: what was seen unchanged for its whole time has run out', async () => {
    const expiry = new Expiry();
    const foreign = { clock: 'another machine', ms: 0 };
    expect(expiry.isOver('a', 1, foreign, 100)).toBe(false);
    await new Promise((go) => setTimeout(go, 110));
    expect(expiry.isOver('a', 2, foreign, 100)).toBe(false);
    expect(expiry.isOver('a', 2, foreign, 100)).toBe(false);
    await new Promise((go) => setTimeout(go, 110));
    expect(expiry.isOver('a', 2, foreign, 100)).toBe(true);
  });
});

it('a name that an earlier request made, whose answer was lost, is ours', async () => {
  const [draft, path] = [join(directory, 'draft'), join(directory, 'name')];
  await writeFile(draft, 'x');
  await link(draft, path);
  expect(await linkExclusively(draft, path)).toBe(true);
  await writeFile(join(directory, 'other'), 'x');
  expect(await linkExclusively(join(directory, 'other'), path)).toBe(false);
});

it('a directory that holds something else is left alone', async () => {
  const other = temporaryDirectory();
  await writeFile(join(other, 'thesis.txt'), 'x');
  expect(await codeOf(openDirectoryStore(other))).toBe('MLIP_E_STORE_ADDRESS');
  expect((await readdir(other)).filter((name) => name !== 'drafts')).toEqual(['thesis.txt']);
});

it('a directory that cannot be made is named', async () => {
  const file = join(directory, 'file');
  await writeFile(file, 'x');
  await expect(openDirectoryStore(join(file, 'store'))).rejects.toMatchObject({
    code: 'MLIP_E_STORE_UNREACHABLE',
    where: join(file, 'store'),
  });
  await mkdir(join(directory, 'empty'));
  await expect(openDirectoryStore(join(directory, 'empty'))).resolves.toBeDefined();
});
