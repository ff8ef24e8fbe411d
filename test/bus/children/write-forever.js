// Writes to a store in a directory until it is killed: write-forever.js DIRECTORY. Prints what was acknowledged.
import { openDirectoryStore } from '../../../dist/src/bus/directory/store.js';

const store = await openDirectoryStore(process.argv[2]);
const keyValue = await store.keyValue('values');
const queue = await store.queue('queue', { visibilityMs: 60_000 });
const events = await store.events('log');
const objects = await store.objects('objects');
// Long enough that a torn write would show.
const valueOf = (number) => Buffer.from(Array.from({ length: 500 }, () => number).join(' '));
const objectOf = (number) => Buffer.alloc(300_000, `${number} `);
const say = (line) => void process.stdout.write(`${JSON.stringify(line)}\n`);

for (;;) {
  const entry = await keyValue.get('counter');
  const next = entry === null ? 1 : Number(Buffer.from(entry.value).toString().split(' ')[0]) + 1;
  // Another writer may be faster.
  if ((await keyValue.compareAndSet('counter', valueOf(next), entry?.revision ?? 0)) === null) continue;
  say({ value: next });
  say({ event: await events.append(valueOf(next)), of: next });
  say({ item: await queue.submit(valueOf(next)), of: next });
  await objects.put(`object-${process.pid}`, objectOf(next));
  say({ object: `object-${process.pid}`, of: next });
}
