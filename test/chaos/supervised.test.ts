// Processes that are started again, and that nobody leaves behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Supervised } from '../../bench/chaos/supervised.js';
import { packageRoot } from '../../src/core/package-root.js';
import { isAlive, until } from '../cli/small-run.js';

const logs = mkdtempSync(join(tmpdir(), 'mlip-supervised-'));
const started: Supervised[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.end();
});
afterAll(() => rmSync(logs, { recursive: true }));

function supervise(script: string, doneWith: 0 | 'never' = 'never'): Supervised {
  const launch = { command: process.execPath, args: ['-e', script] };
  const one = new Supervised({ name: `child ${started.length}`, logs, launch: () => launch, doneWith });
  started.push(one);
  return one;
}

const STAYS = 'console.log("here"); setInterval(() => {}, 1000)';

describe('a supervised process', () => {
  it('is started again after it was killed, as soon as it was told to', async () => {
    const one = supervise(STAYS);
    await one.start();
    await until(() => one.log.includes('here'));
    const { pid } = one;
    one.kill(10);
    expect(one.awake).toBe(false);
    await until(() => one.awake && one.pid !== pid);
    expect(one.ends).toEqual([{ pid, status: null, signal: 'SIGKILL', tookPart: false }]);
  });

  it('stays away where it is to, and can be started by hand', async () => {
    const one = supervise(STAYS);
    await one.start();
    one.kill(null);
    await until(() => one.ends.length === 1);
    expect(one.idle).toBe(true);
    await one.start();
    expect(one.awake).toBe(true);
  });

  it('is started again after it failed, and is done after it succeeded', async () => {
    const failing = supervise('process.exit(3)', 0);
    await failing.start();
    await until(() => failing.ends.length === 2);
    expect(failing.done).toBe(false);
    const succeeding = supervise('', 0);
    await succeeding.start();
    await until(() => succeeding.done);
    expect(succeeding.idle).toBe(true);
  });

  it('is not awake while it is stopped', async () => {
    const one = supervise(STAYS);
    await one.start();
    one.freeze();
    expect(one.awake).toBe(false);
    one.thaw();
    expect(one.awake).toBe(true);
  });

  it('ends also where it is stopped, and its log is in a file', async () => {
    const one = supervise(STAYS);
    await one.start();
    await until(() => one.log.includes('here'));
    const { pid } = one;
    one.freeze();
    await one.end();
    expect(isAlive(pid!)).toBe(false);
    expect(readFileSync(join(logs, `${one.name.replace(' ', '-')}.log`), 'utf8')).toContain('here\n');
  });

  it('does not outlive its parent, however that ends', async () => {
    const module = pathToFileURL(join(packageRoot, 'dist/bench/chaos/supervised.js')).href;
    const parent = spawn(process.execPath, [
      ...['--input-type=module', '-e'],
      `const { Supervised } = await import('${module}');
       const launch = () => ({ command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] });
       const one = new Supervised({ name: 'child', logs: '${logs}', launch, doneWith: 'never' });
       await one.start();
       console.log(one.pid);`,
    ]);
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    expect(isAlive(Number(line))).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(Number(line)));
  });
});
