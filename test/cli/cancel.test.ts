// A submitted run that is not wanted any more, in both stores; and runs that are found by their store.
import { randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findNatsServer } from '../support/nats-provision.js';
import { startNatsServer, type NatsServer } from '../support/nats-server.js';
import { mlip, type CliResult } from './run-cli.js';
import { smallRun, type SmallRun } from './small-run.js';

const env = { MLIP_TOKEN: randomBytes(24).toString('base64url') };

let small: SmallRun;
let nats: NatsServer | undefined;
beforeAll(async () => {
  small = await smallRun();
  if (findNatsServer() !== undefined) nats = await startNatsServer({ directory: small.path('nats') });
});
afterAll(async () => {
  await nats?.kill();
  small.remove();
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const run = (...args: string[]): Promise<CliResult> => mlip(args, { env });

async function submit(name: string, store: readonly string[]): Promise<string> {
  const out = ['--data', small.manifest, '--out', small.path(name)];
  const { status, stdout, stderr } = await run('submit', small.config, ...out, '--workers', '2', ...store, '--json');
  expect(status, stderr).toBe(0);
  return (JSON.parse(stdout) as { id: string }).id;
}

async function replyOf(...args: string[]): Promise<unknown> {
  const { status, stdout, stderr } = await run(...args, '--json');
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

async function led(name: string, store: readonly string[]): Promise<void> {
  while ((await run('status', ...store, '--run', name)).status !== 0);
}

describe.each([
  ['a directory', () => ['--store', small.path('store')], true],
  ['NATS', () => ['--nats', nats!.address], findNatsServer() !== undefined],
] as const)('in %s', (kind, where, isThere) => {
  it.skipIf(!isThere)(`a run is taken out of the queue, or stopped where it has begun`, async () => {
    const store = where();
    const [one, two] = [`one-${kind.slice(0, 1)}`, `two-${kind.slice(0, 1)}`];
    await submit(one, store);
    const id = await submit(two, store);
    expect(await replyOf('cancel', one, ...store)).toEqual({
      changed: true,
      text: `run ${one} is taken out of the queue`,
    });
    const again = await run('cancel', one, ...store);
    expect([again.status, again.stderr]).toEqual([3, expect.stringContaining('MLIP_E_RUN_UNKNOWN')]);

    const coordinating = mlip(['coordinator', '--queue', '--port', '0', ...store], {
      env,
      onStart: (child) => void children.push(child),
    });
    await led(two, store);
    expect((await run('status', ...store)).stdout).toMatch(/: joining, step 0/);
    expect(await replyOf('pause', ...store, '--run', two)).toMatchObject({ changed: true });
    expect((await run('status', ...store)).stdout).toMatch(/: paused, step 0.*\npaused before its first step/);
    const other = { ...env, MLIP_TOKEN: 'another-token-that-nobody-has-guessed' };
    const wrong = await mlip(['cancel', two, ...store], { env: other });
    expect([wrong.status, wrong.stderr]).toEqual([4, expect.stringContaining('MLIP_E_TOKEN_WRONG')]);
    const missing = await mlip(['cancel', two, ...store]);
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('MLIP_E_TOKEN_MISSING')]);
    const text = `run ${id} has begun: the run ends before its first step`;
    expect(await replyOf('cancel', id, ...store)).toEqual({ changed: true, text });
    await run('events', ...store, '--json');
    children[0].kill('SIGINT');
    await coordinating;
    expect((await run('cancel', two, ...store)).stderr).toContain('MLIP_E_RUN_UNKNOWN');
  });
});

it('needs a store', async () => {
  const { status, stderr } = await run('cancel', 'one');
  expect([status, stderr]).toEqual([2, expect.stringContaining('a store is missing')]);
});
