// The commands besides `train`: the demo, data, the parts of a run by themselves, doctor, engine.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Closing } from '../../src/cli/launch/closing.js';
import type { CheckReport } from '../../src/data/check.js';
import { mlip } from './run-cli.js';
import { metrics, smallRun, until, type RunJson, type SmallRun } from './small-run.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));
const json = <T>(text: string): T => JSON.parse(text) as T;

describe('demo', () => {
  // As small as the demo gets; its own sizes take minutes.
  const args = ['demo', '--pairs', '48', '--steps', '2', '--out', 'demo'];

  it('makes a corpus, trains mlip-nano with two workers and says what to type next', async () => {
    const { status, stdout, stderr } = await mlip(args, { cwd: folder });
    expect(stderr).not.toContain('error');
    expect(stderr).not.toContain('faulty');
    expect(stdout).toContain('2 steps with 2 worker(s)');
    expect(stdout).toContain('What to type next:');
    expect(status).toBe(0);
  });

  it('runs a second time on the same corpus, with the same numbers', async () => {
    const manifest = join(folder, 'demo', 'corpus', 'manifest.jsonl');
    const [text, first] = [readFileSync(manifest, 'utf8'), lossesOf('demo')];
    const { status, stdout, stderr } = await mlip([...args, '--json'], { cwd: folder });
    expect(status).toBe(0);
    expect(stderr).toContain('they are there from an earlier demo');
    expect(readFileSync(manifest, 'utf8')).toBe(text);
    expect(json<Closing>(stdout)).toMatchObject({ steps: 2, world: 2, retrieval: { split: 'valid' } });
    expect(lossesOf('demo')).toEqual(first);
  });

  function lossesOf(out: string): number[] {
    return metrics(join(folder, out)).map((line) => json<{ loss: number }>(line).loss);
  }
});

describe('data', () => {
  const corpus = join(folder, 'corpus');
  const manifest = join(corpus, 'manifest.jsonl');
  beforeAll(async () => {
    await mlip(['data', 'synth', '--pairs', '12', '--valid', '3', '--size', '48', '--out', corpus]);
  });

  it('synth says what it made, and that it was there already', async () => {
    const args = ['data', 'synth', '--pairs', '12', '--valid', '3', '--size', '48', '--out', corpus, '--json'];
    const { stdout } = await mlip(args);
    expect(json(stdout)).toEqual({ manifest, pairs: 12, train: 9, valid: 3, reused: true });
  });

  it('check describes a sound manifest and ends with status 0', async () => {
    const { status, stdout } = await mlip(['data', 'check', manifest]);
    expect(stdout).toContain('12 of 12 rows are usable');
    expect(stdout).toContain('splits   train 9, valid 3, test 0');
    expect(status).toBe(0);
  });

  it('check lists every faulty row with its line and ends with status 3', async () => {
    const bad = join(corpus, 'bad.jsonl');
    const [good] = readFileSync(manifest, 'utf8').split('\n');
    writeFileSync(bad, [good, '{"image": "none.png", "report": "No acute disease."}', '{"report": 1}', '{'].join('\n'));
    const { status, stdout } = await mlip(['data', 'check', bad, '--json']);
    expect(new Set(json<CheckReport>(stdout).faults.map(({ line }) => line))).toEqual(new Set([2, 3, 4]));
    expect(status).toBe(3);
    const text = (await mlip(['data', 'check', bad])).stdout;
    expect(text).toMatch(new RegExp(`^fault {4}${bad}:3 image is missing$`, 'm'));
  });

  it('check of a manifest that is not there names it', async () => {
    const { status, stderr } = await mlip(['data', 'check', join(folder, 'none.jsonl')]);
    expect(stderr).toContain('error MLIP_E_DATA_MANIFEST_MISSING');
    expect(status).toBe(3);
  });

  it('vocab writes a vocabulary of at most the size that is asked for', async () => {
    const out = join(folder, 'vocab.txt');
    const { stdout } = await mlip(['data', 'vocab', manifest, '--out', out, '--size', '150', '--json']);
    const pieces = readFileSync(out, 'utf8').trimEnd().split('\n');
    expect(json(stdout)).toEqual({ out, pieces: pieces.length, reports: 9 });
    expect(pieces.length).toBeLessThanOrEqual(150);
    expect(pieces).toContain('[CLS]');
  });
});

describe('coordinator and worker by themselves', () => {
  let small: SmallRun;
  beforeAll(async () => {
    small = await smallRun();
  });
  afterAll(() => small.remove());

  it('do the same as train, and serve metrics where asked', async () => {
    const out = small.path('parts');
    const parts = ['coordinator', small.config, '--data', small.manifest, '--steps', '3', '--workers', '2'];
    const metricsPort = await freePort();
    const own = ['--host', '127.0.0.1', '--port', '0', '--metrics-port', String(metricsPort)];
    const coordinator = mlip([...parts, '--out', out, ...own]);
    await until(() => existsSync(join(out, 'run.json')));
    const { address } = json<RunJson>(readFileSync(join(out, 'run.json'), 'utf8')).coordinator;
    const served = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    expect(await served.text()).toMatch(/^# TYPE mlip_/m);
    const workers = [1, 2].map(() => mlip(['worker', '--coordinator', address, '--token-file', join(out, 'token')]));
    const ends = await Promise.all([coordinator, ...workers]);
    expect(ends.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(ends[0].stderr).toContain('finished after step 3');

    await mlip(small.train('train', '--steps', '3', '--workers', '2'));
    const losses = (run: string): number[] => metrics(run).map((line) => json<{ loss: number }>(line).loss);
    expect(losses(out)).toHaveLength(3);
    expect(losses(out)).toEqual(losses(small.path('train')));
  });

  it('a port in use is named', async () => {
    const server = await listening();
    const { port } = server.address() as AddressInfo;
    const args = ['coordinator', 'clip-nano', '--workers', '1', '--out', join(folder, 'port'), '--host', '127.0.0.1'];
    const { status, stderr } = await mlip([...args, '--port', String(port)]);
    server.close();
    expect(stderr).toContain('error MLIP_E_PORT_IN_USE');
    expect(stderr).toContain(String(port));
    expect(status).toBe(4);
  });
});

async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function freePort(): Promise<number> {
  const server = await listening();
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('doctor', () => {
  interface Diagnosis {
    ok: boolean;
    checks: { name: string; ok: boolean; detail: string; remedy: string }[];
  }

  it('finds everything that a run needs', async () => {
    const { status, stdout } = await mlip(['doctor', '--json']);
    const { ok, checks } = json<Diagnosis>(stdout);
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['node', 'python', 'ports', 'disk (cache)', 'clock', 'engine', 'device', 'kernels']),
    );
    expect([ok, status]).toEqual([true, 0]);
  });

  it('names what is missing with a remedy, and ends with status 4', async () => {
    const env = { MLIP_CACHE_DIR: join(folder, 'empty-cache'), MLIP_LIBTENSORFLOW: undefined };
    const { status, stdout } = await mlip(['doctor', '--json'], { env });
    const { ok, checks } = json<Diagnosis>(stdout);
    const engine = checks.find(({ name }) => name === 'engine');
    expect(engine).toMatchObject({ ok: false, remedy: 'Run `mlip engine install`.' });
    expect([ok, status]).toEqual([false, 4]);
  });

  it('says it for people too', async () => {
    const { stdout } = await mlip(['doctor'], { env: { MLIP_LIBTENSORFLOW: join(folder, 'nothing') } });
    expect(stdout).toMatch(/^ok {4}node {10}v\d/m);
    expect(stdout).toMatch(/^FAIL {2}engine {8}MLIP_LIBTENSORFLOW names no TensorFlow library\n {20}Correct or unset/m);
  });
});
