// `mlip logs -f` over several coordinators: whoever follows a run hears its next coordinator too, and every line once.
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stopRun } from '../../src/rpc/launcher.js';
import { RunToken } from '../../src/security/run-token.js';
import type { LogLine } from '../../src/coordinator/logs/log-filter.js';
import { mlip, type CliResult } from './run-cli.js';
import { metrics, readRunJson, smallRun, until, type SmallRun } from './small-run.js';

const env = { MLIP_TOKEN: randomBytes(24).toString('base64url') };

let small: SmallRun;
const children: ChildProcess[] = [];
beforeAll(async () => {
  small = await smallRun();
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  small.remove();
});

function start(...args: string[]): Promise<CliResult> {
  return mlip(args, { env, onStart: (child) => void children.push(child) });
}

it('goes on with the next coordinator, from the store in which it is found', async () => {
  const out = small.path('handed-over');
  const store = ['--store', small.path('store')];
  const settings = ['--workers', '1', '--steps', '100000', '--port', '0', '--set', 'timeouts.leaseMs=3000'];
  const coordinate = ['coordinator', small.config, '--data', small.manifest, '--out', out, ...settings, ...store];
  const first = start(...coordinate);
  const [leader] = children;
  await until(() => metrics(out).length === 0 && children.length === 1);
  const worker = start('worker', ...store);
  await until(() => metrics(out).length >= 5, 60_000);
  const following = start('logs', ...store, '-f', '--json');
  let heard = false;
  children.at(-1)!.stdout!.once('data', () => (heard = true));
  await until(() => heard, 60_000);
  leader.kill('SIGTERM');
  expect((await first).status).toBe(75);
  const second = start(...coordinate);
  const applied = metrics(out).length;
  await until(() => metrics(out).length > applied + 5, 60_000);
  await stopRun(readRunJson(out).coordinator.address, {
    access: { token: new RunToken(env.MLIP_TOKEN, 'the test'), tls: null },
  });
  const ends = await Promise.all([second, worker]);
  expect(
    ends.map(({ status }) => status),
    ends.map(({ stderr }) => stderr).join('\n'),
  ).toEqual([130, 0]);
  const { status, stdout, stderr } = await following;
  expect(status, stderr).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  const messages = lines.map((line) => (JSON.parse(line) as LogLine).message);
  const count = (text: string): number => messages.filter((message) => message.includes(text)).length;
  expect(count('waiting for 1 worker at')).toBe(2);
  expect(count('found the coordinator again')).toBe(1);
  expect(count('ready to train')).toBe(1);
  expect(count('stopped after step')).toBe(1);
}, 180_000);
