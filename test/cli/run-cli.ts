// Runs the compiled command line as its users do.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../src/core/package-root.js';

export interface CliResult {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Called with the process once it is started. */
  onStart?: (child: ChildProcess) => void;
}

export async function mlip(args: readonly string[], { env, cwd, onStart }: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'mlip.js'), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onStart?.(child);
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status, signal] = await ended;
  return { status, signal, stdout, stderr };
}
