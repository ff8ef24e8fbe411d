// A real Prometheus scrapes a real run, of a queue, with two workers: every panel has data, and the alert rules can be evaluated.
import { randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROWS, type PanelSpec } from '../../deploy/grafana/panels.js';
import { fetchStatus } from '../../src/rpc/launcher.js';
import { RunToken } from '../../src/security/run-token.js';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { metrics, readRunJson, smallRun, until, type SmallRun } from '../cli/small-run.js';
import { freePorts } from '../support/nats-server.js';
import { hasPrometheus, startPrometheus, type PrometheusServer } from './prometheus-server.js';
import { alertRules } from './rules.js';

const env = { MLIP_TOKEN: randomBytes(24).toString('base64url') };
/** Long enough for rates over ten seconds, and for several checkpoints. */
const WATCHED_MS = 25_000;

/** What a machine without a GPU has not. */
const NEEDS_GPU = /mlip_gpu_/;

const children: ChildProcess[] = [];
const run = (...args: string[]): Promise<CliResult> =>
  mlip(args, { env, onStart: (child) => void children.push(child) });

describe.skipIf(!hasPrometheus())('Prometheus at a run', () => {
  let small: SmallRun;
  let prometheus: PrometheusServer;
  let ports: number[];
  let runId: string;
  let out: string;
  let coordinating: Promise<CliResult>;

  beforeAll(async () => {
    small = await smallRun();
    out = small.path('out');
    const store = ['--store', small.path('store')];
    ports = await freePorts(3);
    const [ofCoordinator, ...ofWorkers] = ports.map((port) => ['--metrics-port', String(port)]);
    coordinating = run('coordinator', '--queue', ...store, '--port', '0', ...ofCoordinator);
    const settings = ['--steps', '1000000', '--set', 'checkpoint.everySteps=20'];
    const data = ['--data', small.manifest, '--out', out, '--workers', '2', '--run', 'watched'];
    const submitted = await run('submit', small.config, ...data, ...settings, ...store);
    expect(submitted.status, submitted.stderr).toBe(0);
    for (const port of ofWorkers) void run('worker', ...store, '--run', 'watched', ...port);
    await until(() => metrics(out).length >= 5, 60_000);
    runId = (readRunJson(out) as unknown as { runId: string }).runId;
    const targets = ports.map((port) => `127.0.0.1:${port}`);
    prometheus = await startPrometheus(small.path('prometheus'), targets);
    await sleep(WATCHED_MS);
    await until(() => metrics(out).length >= 200, 120_000);
  });
  afterAll(async () => {
    await prometheus?.kill();
    for (const child of children) child.kill('SIGKILL');
    await coordinating;
    small.remove();
  });

  /** As Grafana asks. */
  const filledIn = (query: string): string =>
    query.replaceAll('$run', runId).replaceAll('$__rate_interval', '10s').replaceAll('$__interval', '5s');

  it('reaches all three processes, and knows the run by its id', async () => {
    type Targets = { activeTargets: { health: string; lastError: string }[] };
    const targets = async (): Promise<string[][]> => {
      const { activeTargets } = await prometheus.api<Targets>('targets');
      return activeTargets.map(({ health, lastError }) => [health, lastError]);
    };
    await expect.poll(targets, { timeout: 15_000 }).toEqual(Array(3).fill(['up', '']));
    const runs = await prometheus.api('label/run/values', { 'match[]': 'mlip_step{role="coordinator"}' });
    expect(runs).toEqual([runId]);
  });

  const panels = ROWS.flatMap((row) => row.panels);
  const here = panels.filter(({ needs }) => needs !== 'gpu');
  it('leaves out nothing but what needs a GPU', () => {
    const leftOut = panels.filter((panel) => !here.includes(panel));
    expect(leftOut.map(({ title }) => title)).toEqual(['GPU memory']);
    expect(leftOut.every(({ queries }) => queries.every(({ expr }) => NEEDS_GPU.test(expr)))).toBe(true);
    expect(here.every(({ queries }) => queries.every(({ expr }) => !NEEDS_GPU.test(expr)))).toBe(true);
  });

  it.each(here.map((panel): [string, PanelSpec] => [panel.title, panel]))(
    'has data for the panel %s',
    async (_, panel) => {
      for (const { expr } of panel.queries) {
        const series = await prometheus.history(filledIn(expr));
        expect(series.length, expr).toBeGreaterThan(0);
        for (const values of series) expect(values.length, expr).toBeGreaterThan(0);
      }
    },
  );

  it('gets values that are those of the run', async () => {
    const newest = async (expr: string): Promise<number> => (await prometheus.history(filledIn(expr)))[0].at(-1)!;
    const steps = metrics(out).length;
    const step = await newest('mlip_step{role="coordinator",run="$run"}');
    expect(step).toBeGreaterThan(100);
    expect(step).toBeLessThanOrEqual(steps);
    // 8 pairs a step.
    expect(await newest('mlip_pairs_total{role="coordinator",run="$run"}')).toBe(step * 8);
    expect(await newest('mlip_planned_steps')).toBe(1_000_000);
    expect(await newest('mlip_world_size{role="coordinator"}')).toBe(2);
    expect(await newest('mlip_queue_depth')).toBe(1);
    expect(await newest('mlip_leader{lease="watched"}')).toBe(1);
    expect(await newest('mlip_checkpoint_step')).toBeGreaterThanOrEqual(20);
    expect(await newest('time() - mlip_checkpoint_timestamp_seconds')).toBeLessThan(30);
    const sent = 'sum(increase(mlip_sent_bytes_total{way="ring"}[10s]))';
    const received = 'sum(increase(mlip_received_bytes_total{way="ring"}[10s]))';
    expect((await newest(sent)) / (await newest(received))).toBeCloseTo(1, 0);
  });

  it('evaluates every alert rule on metrics that are there, and none fires', async () => {
    type Rules = { groups: { rules: { name: string; health: string; lastError?: string; state: string }[] }[] };
    const { groups } = await prometheus.api<Rules>('rules');
    const evaluated = groups.flatMap(({ rules }) => rules);
    expect(evaluated.map(({ name }) => name).sort()).toEqual(
      alertRules()
        .map(({ alert }) => alert)
        .sort(),
    );
    expect(evaluated.map(({ health, lastError }) => [health, lastError ?? ''])).toEqual(
      evaluated.map(() => ['ok', '']),
    );
    expect(evaluated.filter(({ state }) => state === 'firing')).toEqual([]);
    for (const { alert, expr } of alertRules()) {
      await prometheus.api('query', { query: expr });
      for (const [selector] of expr.matchAll(/mlip_\w+(\{[^}]*\})?/g)) {
        expect((await prometheus.history(selector)).flat().length, `${alert}: ${selector}`).toBeGreaterThan(0);
      }
    }
  });

  it('fires when something is wrong, with run, runbook and number', async () => {
    const { address } = readRunJson(out).coordinator;
    const token = new RunToken(randomBytes(24).toString('base64url'), 'test');
    for (let attempt = 0; attempt < 12; attempt++) {
      await expect(fetchStatus(address, { access: { token, tls: null } })).rejects.toBeDefined();
      await sleep(300);
    }
    type Alerts = { alerts: { labels: Record<string, string>; annotations: Record<string, string>; state: string }[] };
    const firing = async () =>
      (await prometheus.api<Alerts>('alerts')).alerts.filter(({ state }) => state === 'firing');
    await expect.poll(firing, { timeout: 15_000 }).toHaveLength(1);
    const [{ labels, annotations }] = await firing();
    expect(labels).toMatchObject({ alertname: 'MlipRefused', run: runId, reason: 'token' });
    expect(annotations['description']).toMatch(
      /^\d+(\.\d+)? connections or calls were refused within 15 minutes: token\.$/,
    );
    expect(annotations['runbook_url']).toBe('docs/runbooks/refused.md');
  });

  it('changes nothing when it is gone', async () => {
    await prometheus.kill();
    const { length } = metrics(out);
    await until(() => metrics(out).length > length + 20);
    for (const port of ports) {
      for (const path of ['healthz', 'readyz', 'metrics']) {
        expect((await fetch(`http://127.0.0.1:${port}/${path}`)).status, path).toBe(200);
      }
    }
  });

  it('a port that is taken is named, and the run that has it goes on', async () => {
    const place = ['--store', small.path('store'), '--port', '0', '--metrics-port', String(ports[0])];
    const refused = await run('coordinator', '--queue', ...place);
    expect(refused.status).toBe(4);
    expect(refused.stderr).toContain(`error MLIP_E_PORT_IN_USE: cannot serve metrics on 127.0.0.1:${ports[0]}`);
    expect(refused.stderr).toContain('Choose another --metrics-port');
    expect((await fetch(`http://127.0.0.1:${ports[0]}/readyz`)).status).toBe(200);
  });
});
