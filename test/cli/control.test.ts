// Commands that act upon a run which goes on, and what they say of one that has ended.
import { mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isAlive, metrics, smallRun, until, untilStep, workersOf, type SmallRun } from './small-run.js';
import { mlip, type CliResult } from './run-cli.js';

let small: SmallRun;
let training: Promise<CliResult>;
let pid = 0;
beforeAll(async () => {
  small = await smallRun();
  const onStart = (child: { pid?: number | undefined }): void => void (pid = child.pid!);
  training = mlip(small.train('live', '--workers', '2', '--steps', '100000'), { onStart, env: OUTSIDE });
  await untilStep(live(), 3);
});
afterAll(async () => {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await training;
  small.remove();
});

/** In a cluster the number of workers is not the coordinator's to change. */
const OUTSIDE = { KUBERNETES_SERVICE_HOST: undefined };
const live = (...parts: string[]): string => small.path('live', ...parts);
const steps = (): number => metrics(live()).length;
const worldNow = (): number => (JSON.parse(metrics(live()).at(-1)!) as { world: number }).world;
interface Reply {
  changed: boolean;
  text: string;
}
async function reply(...args: string[]): Promise<Reply> {
  const { status, stdout, stderr } = await mlip([...args, live(), '--json']);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Reply;
}
const kinds = (): string[] =>
  readFileSync(live('events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind);

it('pauses a run, in which no step begins until it is resumed; twice is fine', async () => {
  expect(await reply('pause')).toMatchObject({
    changed: true,
    text: expect.stringMatching(/^the run pauses after step \d+; /) as string,
  });
  await until(() => kinds().includes('paused'));
  const done = steps();
  expect(await reply('pause')).toEqual({ changed: false, text: `the run is paused after step ${done} already` });
  const { stdout } = await mlip(['status', live()]);
  expect(stdout).toContain(`: paused, step ${done} of 100000`);
  expect(stdout).toContain(`paused after step ${done}, as requested; 2 workers there`);
  await sleep(1_500);
  expect(steps()).toBe(done);
  const { status, stdout: text } = await mlip(['resume', live()]);
  expect([status, text]).toEqual([0, `the run goes on after step ${done}\n`]);
  await untilStep(live(), done + 3);
  expect(await reply('resume')).toEqual({ changed: false, text: 'the run is not paused' });
});

it('stays paused over a coordinator that is killed', async () => {
  await reply('pause');
  await until(() => kinds().at(-1) === 'paused');
  const [done, { coordinator }] = [steps(), await untilStep(live(), 1)];
  process.kill(coordinator.pid, 'SIGKILL');
  await until(() => !isAlive(coordinator.pid));
  await until(() => kinds().filter((kind) => kind === 'paused').length === 3);
  const found = JSON.parse((await mlip(['status', live(), '--json'])).stdout) as { paused: boolean; restarts: number };
  expect(found).toMatchObject({ paused: true, restarts: 1 });
  expect(steps()).toBe(done);
  await reply('resume');
  await untilStep(live(), done + 3);
});

it('drains a worker by its rank, which ends with status 0, but not the last one', async () => {
  const { workers } = await untilStep(live(), 1);
  expect((await mlip(['drain', '7', live()])).stderr).toContain(
    'MLIP_E_WORKER_UNKNOWN: no worker has rank 7: there are ranks 0 to 1',
  );
  expect(await reply('drain', '1')).toMatchObject({
    changed: true,
    text: expect.stringMatching(/^worker 1 leaves after step \d+$/) as string,
  });
  await until(() => !isAlive(workers[1].pid));
  await untilStep(live(), steps() + 3);
  const last = await mlip(['drain', '--worker', '0', live()]);
  expect([last.status, last.stderr]).toEqual([
    2,
    expect.stringContaining('MLIP_E_WORKER_NEEDED: worker 0 is the last one'),
  ]);
  expect((await mlip(['drain', '--worker', '1', live()])).stderr).toContain('the run has no worker 1');
});

it('is scaled: the launcher starts what is missing, and what is too much leaves', async () => {
  const up = await reply('scale', '2');
  expect(up).toEqual({ changed: true, text: '2 workers wanted; 1 here: 1 more worker to be started' });
  await until(() => worldNow() === 2);
  expect(await reply('scale', '2')).toEqual({ changed: false, text: 'the run has 2 workers already' });
  const newest = workersOf(live()).at(-1)!;
  expect(newest.worker).toBe(2);
  expect(await reply('scale', '1')).toEqual({ changed: true, text: '1 worker wanted; 2 here: worker 2 leaves' });
  await until(() => !isAlive(newest.pid));
  await until(() => worldNow() === 1);
});

it('asks for what is missing on the command line, and refuses what makes no sense', async () => {
  for (const [args, text] of [
    [['drain', live()], 'it is not said which worker is meant'],
    [['drain', '0', live(), '--worker', '0'], 'it is not said which worker is meant'],
    [['scale', '0', live()], 'It must be at least 1.'],
    [['scale', '3', live()], '3 workers cannot share 2 micro-batches a step'],
    [['pause', live(), '--forse'], "unknown option '--forse'"],
    [['pause'], 'it is not said which run is meant'],
  ] as const) {
    const { status, stderr } = await mlip(args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(text)]);
  }
  const help = (await mlip(['drain', '--help'])).stdout;
  expect(help).toMatch(/^Examples:\n {2}mlip drain 1 runs\/first\n/);
});

it.each(['pause', 'resume', 'stop'])('mlip %s needs the token, a run, and somebody who leads it', async (command) => {
  const wrong = await mlip([command, live()], { env: { MLIP_TOKEN: 'another-token-that-nobody-has-guessed' } });
  expect([wrong.status, wrong.stderr]).toEqual([4, expect.stringContaining('MLIP_E_TOKEN_WRONG')]);
  mkdirSync(small.path('none'), { recursive: true });
  const none = await mlip([command, small.path('none')]);
  expect([none.status, none.stderr]).toEqual([3, expect.stringContaining('MLIP_E_RUN_DIRECTORY')]);
  const { coordinator } = await untilStep(live(), 1);
  const missing = await mlip([command, '--coordinator', coordinator.address]);
  expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('MLIP_E_TOKEN_MISSING')]);
});

it('stops a run, and says so of one that has ended; nothing else can be done with that', async () => {
  expect(await reply('stop')).toMatchObject({
    changed: true,
    text: expect.stringMatching(/^the run ends after step \d+, with a checkpoint$/) as string,
  });
  expect((await training).status).toBe(130);
  const text = expect.stringMatching(/^run \S+ was stopped after step \d+$/) as string;
  expect(await reply('stop')).toEqual({ changed: false, text });
  const late = await mlip(['pause', live()]);
  expect([late.status, late.stderr]).toEqual([3, expect.stringContaining('MLIP_E_RUN_OVER')]);
  expect(kinds().at(-1)).toBe('finished');
});
