/** The command line of mlip as a process is started with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../src/core/package-root.js';
import type { Launch } from './supervised.js';

export function mlipCommand(...args: string[]): Launch {
  return { command: process.execPath, args: [join(packageRoot, 'bin', 'mlip.js'), ...args] };
}

export interface CommandResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command of mlip to its end. */
export async function runMlip(...args: string[]): Promise<CommandResult> {
  const { command, args: all } = mlipCommand(...args);
  const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, stdout, stderr };
}
