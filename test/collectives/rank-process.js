// One rank as a process of its own, for tests that kill or stop it: node rank-process.js RANK WORLD TIMEOUT_MS. It tells
// its port, is told all peers, then answers each { length, repeats } with a digest of the sums or with the error.
import { createHash } from 'node:crypto';
import { listen } from '../../dist/src/collectives/listener.js';
import { openRing } from '../../dist/src/collectives/open-ring.js';
import { createLogger } from '../../dist/src/core/log.js';
import { Refusals } from '../../dist/src/security/refusals.js';

const [rank, world, timeoutMs] = process.argv.slice(2).map(Number);

async function reduce(ring, { length, repeats }) {
  const hash = createHash('sha256');
  for (let repeat = 0; repeat < repeats; repeat++) {
    const buffer = Float32Array.from({ length }, (_, i) => Math.sin(i + 1) * 10 ** ((i + rank) % 6));
    await ring.allReduce(buffer);
    hash.update(buffer);
    if (repeat === 0) process.send({ underWay: true });
  }
  return hash.digest('hex');
}

const refusals = new Refusals(createLogger({ name: `rank ${rank}`, level: 'error' }));
const listener = await listen({ host: '127.0.0.1', tls: null, refusals });
process.on('disconnect', () => process.exit());
process.once('message', async (peers) => {
  const log = createLogger({ name: `rank ${rank}`, level: 'error' });
  const ring = await openRing({
    rank,
    world,
    generation: 1,
    peers,
    listener,
    token: 'test',
    tls: null,
    timeoutMs,
    log,
  });
  process.on('message', async (task) => {
    try {
      process.send({ digest: await reduce(ring, task) });
    } catch ({ code, where, message }) {
      process.send({ error: { code, where, message } });
    }
  });
  process.send({ open: true });
});
process.send({ port: listener.port });
