// What of a checkpoint the disk was waited for: watched at the calls themselves, since no test can cut the power.
import { readlinkSync, realpathSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { sampleCheckpoint } from './samples.js';
import { temporaryDirectory } from './temporary.js';

const out = temporaryDirectory();

let synced: string[];
let restore: () => void;
beforeEach(async () => {
  const handle = await open(out());
  const files = Object.getPrototypeOf(handle) as FileHandle;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the file below
  const { sync } = files;
  await handle.close();
  synced = [];
  files.sync = function (this: FileHandle) {
    synced.push(readlinkSync(`/proc/self/fd/${this.fd}`));
    return sync.call(this);
  };
  restore = () => void (files.sync = sync);
});
afterEach(() => restore());

const runs = it.skipIf(process.platform !== 'linux');

runs('each directory that is new on the way to the first checkpoint is on disk with it', async () => {
  const top = realpathSync(out());
  await saveCheckpoint(join(out(), 'runs', 'first'), sampleCheckpoint(1));
  const parents = [top, join(top, 'runs'), join(top, 'runs', 'first'), join(top, 'runs', 'first', 'checkpoints')];
  expect(synced).toEqual(expect.arrayContaining(parents));
});

runs('so is the one of a run whose process ended before it could wait', async () => {
  const top = realpathSync(out());
  await saveCheckpoint(out(), sampleCheckpoint(1));
  synced = [];
  await saveCheckpoint(out(), sampleCheckpoint(2));
  expect(synced).toContain(top);
});
