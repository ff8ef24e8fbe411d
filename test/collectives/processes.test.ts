import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const script = join(import.meta.dirname, 'rank-process.js');

interface Answer {
  port?: number;
  open?: true;
  underWay?: true;
  digest?: string;
  error?: { code: string; where: string; message: string };
}
interface Task {
  length: number;
  repeats: number;
}

let ranks: ChildProcess[] = [];

/** The next message that has `key`. */
function hear<K extends keyof Answer>(rank: ChildProcess, key: K): Promise<NonNullable<Answer[K]>> {
  return new Promise((resolve, reject) => {
    rank.once('exit', () => reject(new Error(`a rank ended before it said ${key}`)));
    rank.on('message', function listener(answer: Answer) {
      const value = answer[key];
      if (value === undefined) return;
      rank.off('message', listener);
      resolve(value);
    });
  });
}

async function start(world: number, timeoutMs = 20_000): Promise<void> {
  ranks = Array.from({ length: world }, (_, rank) => fork(script, [rank, world, timeoutMs].map(String)));
  const ports = await Promise.all(ranks.map((rank) => hear(rank, 'port')));
  const peers = ports.map((port, rank) => ({ rank, host: '127.0.0.1', port }));
  const open = Promise.all(ranks.map((rank) => hear(rank, 'open')));
  for (const rank of ranks) rank.send(peers);
  await open;
}

function send(task: Task, to: ChildProcess[] = ranks): void {
  for (const rank of to) rank.send(task);
}

afterEach(async () => {
  const alive = ranks.filter((rank) => rank.exitCode === null && rank.signalCode === null);
  const ends = alive.map((rank) => once(rank, 'exit'));
  for (const rank of alive) rank.kill('SIGKILL');
  await Promise.all(ends);
});

describe.each([2, 3, 5])('%i processes', (world) => {
  it('get the same bits, in every repeat', async () => {
    await start(world);
    const digests = new Set<string>();
    for (let repeat = 0; repeat < 2; repeat++) {
      const answers = Promise.all(ranks.map((rank) => hear(rank, 'digest')));
      send({ length: 300_001, repeats: 3 });
      for (const digest of await answers) digests.add(digest);
    }
    expect(digests.size).toBe(1);
  });

  it('all name the rank that is killed in the middle of a reduction, and soon', async () => {
    await start(world);
    const [victim, ...others] = [ranks[1], ...ranks.filter((_, rank) => rank !== 1)];
    const errors = Promise.all(others.map((rank) => hear(rank, 'error')));
    const underWay = Promise.all(ranks.map((rank) => hear(rank, 'underWay')));
    send({ length: 1_000_000, repeats: 1000 });
    await underWay;
    victim.kill('SIGKILL');
    const killed = Date.now();
    for (const error of await errors) expect(error).toMatchObject({ code: 'MLIP_E_PEER_LOST', where: 'rank 1' });
    expect(Date.now() - killed).toBeLessThan(5000);
  });
});

it('all name the rank that never takes part, wherever in the ring they are', async () => {
  await start(4, 1000);
  const others = ranks.filter((_, rank) => rank !== 2);
  const errors = Promise.all(others.map((rank) => hear(rank, 'error')));
  send({ length: 1_000_000, repeats: 1 }, others);
  for (const error of await errors) {
    expect(error).toMatchObject({ code: 'MLIP_E_REDUCE_TIMEOUT', where: 'rank 2' });
  }
});

it('a rank that is frozen in the middle of a reduction is a timeout, not a hang', async () => {
  await start(2, 1000);
  const error = hear(ranks[0], 'error');
  const underWay = hear(ranks[0], 'underWay');
  send({ length: 1_000_000, repeats: 1000 });
  await underWay;
  ranks[1].kill('SIGSTOP');
  expect(await error).toMatchObject({ code: 'MLIP_E_REDUCE_TIMEOUT', where: 'rank 1' });
});
