/** A Python with pinned packages that only tests need: a virtual environment, made once and kept in mlip's cache. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDirectory } from '../../src/engine/library-paths.js';
import { holdLock } from '../../src/engine/provision/lock.js';

/** Folder with the programmes of the environment, or in a line why it cannot be had. */
export async function pythonPackages(packages: readonly string[]): Promise<{ bin: string } | { missing: string }> {
  const id = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12);
  const folder = join(cacheDirectory(), 'python', id);
  // Programmes of an environment hold its path, so it is made where it stays, and said to be whole last.
  const whole = join(folder, 'whole');
  const bin = join(folder, 'bin');
  if (existsSync(whole)) return { bin };
  await mkdir(dirname(folder), { recursive: true });
  const unlock = await holdLock(`${folder}.lock`, () => undefined);
  try {
    if (!existsSync(whole)) install(packages, folder);
    await writeFile(whole, '');
    return { bin };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return { missing: `${packages.join(', ')} cannot be had: ${(error as Error).message}` };
  } finally {
    await unlock();
  }
}

function install(packages: readonly string[], folder: string): void {
  run('python3', ['-m', 'venv', '--clear', folder]);
  const flags = ['--disable-pip-version-check', '--quiet', '--only-binary=:all:'];
  run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', ...flags, ...packages]);
}

function run(command: string, args: string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(error?.message ?? stderr.trim().split('\n').at(-1));
}
