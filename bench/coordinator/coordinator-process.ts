/** A real coordinator in a process of its own, and what it uses. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { MlipError } from '../../src/core/errors.js';
import { packageRoot } from '../../src/core/package-root.js';
import { monotonicMs } from '../clock.js';
import { benchEnvironment } from '../access.js';

const LISTEN_LIMIT_MS = 30_000;
const SAMPLE_MS = 200;

/** At one moment. */
export interface Usage {
  atMs: number;
  /** User and system time of the process since its start. */
  cpuMs: number;
  memoryMb: number;
}

export interface CoordinatorProcess {
  address: string;
  /** OUT of its run. */
  out: string;
  usage: readonly Usage[];
  /** Resolves when it has ended in order. */
  ended: Promise<void>;
  kill(): void;
}

/** @param config what differs from the recipe clip-nano */
export async function startCoordinator(folder: string, workers: number, config: object): Promise<CoordinatorProcess> {
  const file = join(folder, 'config.yaml');
  const out = join(folder, 'out');
  // YAML takes JSON as it is.
  writeFileSync(file, JSON.stringify({ recipe: 'clip-nano', ...config }));
  const place = ['--workers', String(workers), '--host', '127.0.0.1', '--port', '0', '--out', out];
  const args = [join(packageRoot, 'bin', 'mlip.js'), 'coordinator', file, ...place];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...benchEnvironment },
  });
  const usage: Usage[] = [];
  const sampling = setInterval(() => usage.push(...sample(child)), SAMPLE_MS);
  const ended = endOf(child).finally(() => clearInterval(sampling));
  // It may end while nobody waits for that yet.
  ended.catch(() => undefined);
  const address = await Promise.race([addressIn(out), ended.then(() => Promise.reject(new Error('it has ended')))]);
  return { address, out, usage, ended, kill: () => void child.kill('SIGKILL') };
}

async function endOf(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const [said, [status, signal]] = await Promise.all([text(child.stderr!), closed]);
  if (status === 0) return;
  throw new MlipError('MLIP_E_BENCH_FAILED', `the coordinator ended with ${status ?? signal}\n${said.slice(-2000)}`, {
    where: 'mlip coordinator',
    remedy: 'The lines above are what it said last.',
  });
}

async function addressIn(out: string): Promise<string> {
  const file = join(out, 'run.json');
  const deadline = monotonicMs() + LISTEN_LIMIT_MS;
  while (!existsSync(file) && monotonicMs() < deadline) await sleep(20);
  return (JSON.parse(readFileSync(file, 'utf8')) as { coordinator: { address: string } }).coordinator.address;
}

/** Linux tells it in /proc, its times in ticks of 10 ms. */
function sample({ pid }: ChildProcess): Usage[] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const memoryKb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
    return [{ atMs: monotonicMs(), cpuMs: 10 * (Number(fields[11]) + Number(fields[12])), memoryMb: memoryKb / 1024 }];
  } catch {
    return [];
  }
}
