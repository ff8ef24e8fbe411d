/** The Python environments of what the benchmarks compare with: each made once, in the per-user cache. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MlipError } from '../src/core/errors.js';
import { packageRoot } from '../src/core/package-root.js';
import { cacheDirectory } from '../src/engine/library-paths.js';

const REQUIREMENTS = join(packageRoot, 'bench', 'requirements.txt');

/** Path of an interpreter that has the packages pinned in a file. */
export function pythonWithPeers(progress: (line: string) => void, requirements = REQUIREMENTS): string {
  const python = findPython();
  const key = createHash('sha256').update(readFileSync(requirements)).update(python.version).digest('hex').slice(0, 12);
  const environment = join(cacheDirectory(), `bench-venv-${key}`);
  if (!existsSync(environment)) {
    progress(
      `installing ${pinned(requirements)} into ${environment}: on Linux about 3 GB to download and 6 GB on disk, once`,
    );
    install(python.command, environment, requirements);
  }
  return join(environment, 'bin', 'python');
}

function findPython(): { command: string; version: string } {
  for (const command of ['python3', 'python']) {
    const { status, stdout } = spawnSync(command, ['-c', 'import sys; print(sys.version)'], { encoding: 'utf8' });
    if (status === 0) return { command, version: stdout.trim() };
  }
  throw new MlipError('MLIP_E_BENCH_PEER', 'Python was not found, and the benchmarks compare with PyTorch', {
    where: 'PATH',
    remedy: 'Install Python 3.11 or newer with its venv module (on Debian: apt-get install python3-venv).',
  });
}

function pinned(requirements: string): string {
  const lines = readFileSync(requirements, 'utf8').split('\n');
  return lines.filter((line) => line.includes('==')).join(', ');
}

/** Installs beside and renames, so that an interrupted installation is not taken for a whole one. */
function install(python: string, environment: string, requirements: string): void {
  mkdirSync(cacheDirectory(), { recursive: true });
  const partial = mkdtempSync(`${environment}-partial-`);
  try {
    runOrThrow(python, ['-m', 'venv', partial]);
    runOrThrow(join(partial, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    renameSync(partial, environment);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function runOrThrow(command: string, args: string[]): void {
  const { status, error, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  const lastLines = `${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n');
  throw new MlipError('MLIP_E_BENCH_PEER', `PyTorch could not be installed: ${error?.message ?? lastLines}`, {
    where: [command, ...args].join(' '),
    remedy: 'Check Python (3.11 or newer, with venv), the network and 6 GB of free disk, and run it again.',
    cause: error,
  });
}
