/** Runs one side of a comparison in a process of its own and reads the JSON object that it prints last. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { MlipError } from '../src/core/errors.js';
import { COMPUTING_ENVIRONMENT } from '../src/engine/process-environment.js';

/** What the child prints on its last line of stdout. Its stderr is shown only where it fails. */
export async function runChild(command: string, args: readonly string[], threads: number): Promise<unknown> {
  const env = { ...COMPUTING_ENVIRONMENT, ...process.env, OMP_NUM_THREADS: String(threads) };
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const exited = new Promise<string | number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const [outcome, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  const report = stdout.trim().split('\n').at(-1) ?? '';
  if (outcome === 0 && report.startsWith('{')) return JSON.parse(report);
  const how = outcome === 0 ? 'without a report' : `with ${outcome}`;
  throw new MlipError('MLIP_E_BENCH_FAILED', `a measured process ended ${how}\n${stderr.trim()}`, {
    where: [command, ...args].join(' '),
    remedy: 'The lines above are what it said last. MLIP_E_* codes are explained in docs/errors.md.',
  });
}
