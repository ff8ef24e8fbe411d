// What has happened in a run, read from its output directory while it goes on and when it has ended.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mlip, type CliResult } from './run-cli.js';
import { smallRun, untilStep, type SmallRun } from './small-run.js';

interface Event {
  run: string;
  time: string;
  kind: string;
  stopped?: boolean;
}

let small: SmallRun;
let training: Promise<CliResult>;
let pid = 0;
beforeAll(async () => {
  small = await smallRun();
  const onStart = (child: { pid?: number | undefined }): void => void (pid = child.pid!);
  training = mlip(small.train('live', '--workers', '2', '--steps', '100000'), { onStart });
  await untilStep(small.path('live'), 3);
});
afterAll(async () => {
  await training;
  small.remove();
});

const events = (...args: string[]): Promise<CliResult> => mlip(['events', ...args]);
const kindsOf = ({ stdout }: CliResult): string[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Event).kind);

it('shows what has happened so far, but no steps, for people and as JSON', async () => {
  const { status, stdout } = await events(small.path('live'));
  expect(status).toBe(0);
  expect(stdout).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d {2}\S+ {2}joined {2}worker=\d {2}host=/);
  const kinds = kindsOf(await events(small.path('live'), '--json'));
  expect(kinds).toEqual(['joined', 'joined', 'started', 'generation']);
  expect((await events(small.path('live'), '--run', 'another')).stdout).toBe('');
});

it('ends at Ctrl-C while it follows', async () => {
  const { status, stdout } = await mlip(['events', '-f', small.path('live')], {
    onStart: (child) => child.stdout!.once('data', () => child.kill('SIGINT')),
  });
  expect([status, stdout]).toEqual([0, expect.stringContaining('joined')]);
});

it('goes on when the coordinator is started again, and follows until the run has ended', async () => {
  const following = events('-f', '--json', small.path('live'));
  const { coordinator } = await untilStep(small.path('live'), 5);
  process.kill(coordinator.pid, 'SIGKILL');
  const steps = readFileSync(small.path('live', 'metrics.jsonl'), 'utf8').split('\n').length;
  await untilStep(small.path('live'), steps + 3);
  process.kill(pid, 'SIGINT');
  expect((await training).status).toBe(130);
  const kinds = kindsOf(await following);
  expect(kinds.filter((kind) => kind === 'started')).toHaveLength(2);
  expect(kinds.at(-1)).toBe('finished');
  expect(kinds).not.toContain('step');
  const [first, last] = [kinds[0], kindsOf(await events('-f', '--json', small.path('live'))).at(-1)];
  expect([first, last]).toEqual(['joined', 'finished']);
});

it('leaves out what a crash has cut short', async () => {
  appendFileSync(small.path('live', 'events.jsonl'), 'no JSON\n{"run":"r","ti');
  const { status, stdout } = await events('--json', small.path('live'));
  expect(status).toBe(0);
  expect(stdout).not.toContain('no JSON');
});

it('says what is wrong with a directory that is none of a run, and with two places at once', async () => {
  mkdirSync(small.path('none'));
  writeFileSync(small.path('none', 'other'), '');
  const none = await events(small.path('none'));
  expect([none.status, none.stderr]).toEqual([3, expect.stringContaining('MLIP_E_RUN_DIRECTORY')]);
  const both = await events(small.path('live'), '--store', small.path('none'));
  expect([both.status, both.stderr]).toEqual([2, expect.stringContaining('MLIP_E_USAGE')]);
  expect((await events('-x')).stderr).toContain("unknown option '-x'");
});
