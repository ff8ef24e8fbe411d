/** A copy from a process that dies or freezes in the middle of it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchTensors } from '../../src/collectives/fetch-tensors.js';
import type { HostTensors } from '../../src/core/host-tensor.js';

const LAYOUT = ['first', 'second'].map((name) => ({ name, shape: [1_000_000] }));

let source: ChildProcess;
let port: number;

async function hear<T>(key: string): Promise<T> {
  const [said] = (await once(source, 'message')) as [Record<string, T>];
  if (!(key in said)) throw new Error(`the source said ${JSON.stringify(said)} in place of ${key}`);
  return said[key];
}

beforeEach(async () => {
  source = fork(join(import.meta.dirname, 'source-process.js'));
  port = await hear('port');
});
afterEach(async () => {
  if (source.exitCode !== null || source.signalCode !== null) return;
  source.kill('SIGKILL');
  await once(source, 'exit');
});

function copy(timeoutMs: number): Promise<HostTensors> {
  const peer = { rank: 2, host: '127.0.0.1', port };
  const call = { peer, token: 'run', tls: null, generation: 1, rank: 0, step: 0, layout: LAYOUT, timeoutMs };
  return fetchTensors({ ...call, signal: new AbortController().signal });
}

/** Sockets and timers of this process. */
function inUse(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|Timeout)/.test(name));
}

describe('a copy', () => {
  it('from a rank that is killed in the middle of it ends soon, names it, and leaves nothing open', async () => {
    const before = inUse();
    const copying = copy(20_000);
    await hear('stuck');
    expect(inUse().length).toBeGreaterThan(before.length);
    source.kill('SIGKILL');
    const killed = performance.now();
    await expect(copying).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST', rank: 2 });
    expect(performance.now() - killed).toBeLessThan(5_000);
    await expect.poll(inUse).toEqual(before);
  });

  it('from a rank that freezes in the middle of it ends at the deadline, and leaves nothing open', async () => {
    const before = inUse();
    const copying = copy(1_000);
    await hear('stuck');
    await expect(copying).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_TIMEOUT', rank: 2 });
    await expect.poll(inUse).toEqual(before);
  });
});
