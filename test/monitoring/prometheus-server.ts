// A real Prometheus that scrapes what it is told to, every two seconds, and evaluates the alert rules.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePorts } from '../support/nats-server.js';
import { RULES } from './rules.js';

export interface PrometheusServer {
  /** Data of an answer of its HTTP API; throws what it says is wrong. */
  api<T>(path: string, parameters?: Record<string, string>): Promise<T>;
  /** Values of a query over the seconds since it was started, by series; those that are no numbers are left out. */
  history(query: string): Promise<number[][]>;
  kill(): Promise<void>;
}

export function hasPrometheus(): boolean {
  const found = spawnSync('prometheus', ['--version']).status === 0;
  if (!found) process.stderr.write('prometheus is missing: nothing is scraped in the tests\n');
  return found;
}

/** Resolves when it answers. */
export async function startPrometheus(directory: string, targets: readonly string[]): Promise<PrometheusServer> {
  const [port] = await freePorts(1);
  const config = join(directory, 'prometheus.yml');
  mkdirSync(directory, { recursive: true });
  writeFileSync(config, stringify(configuration(targets)));
  const where = [`--web.listen-address=127.0.0.1:${port}`, `--storage.tsdb.path=${join(directory, 'data')}`];
  const server = spawn('prometheus', [`--config.file=${config}`, ...where, '--log.level=error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const begunSeconds = Date.now() / 1000;
  await untilReady(server, port);
  const api = async <T>(path: string, parameters: Record<string, string> = {}): Promise<T> => {
    const url = `http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`;
    const answer = (await (await fetch(url)).json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  };
  return {
    api,
    async history(query) {
      const range = { start: String(begunSeconds), end: String(Date.now() / 1000), step: '1' };
      const { result } = await api<{ result: { values: [number, string][] }[] }>('query_range', { query, ...range });
      return result.map(({ values }) => values.map(([, value]) => Number(value)).filter(Number.isFinite));
    },
    async kill() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill('SIGKILL');
      await once(server, 'close');
    },
  };
}

function configuration(targets: readonly string[]): object {
  return {
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
    rule_files: [RULES],
    scrape_configs: [{ job_name: 'mlip', static_configs: [{ targets }] }],
  };
}

async function untilReady(server: ChildProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (server.exitCode !== null) throw new Error(`prometheus ended with status ${server.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  server.kill('SIGKILL');
  throw new Error('prometheus does not answer');
}
