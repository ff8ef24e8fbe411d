/** Programmes that tests need and that Go builds: a pinned version, built once and kept in mlip's cache. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheDirectory } from '../../src/engine/library-paths.js';
import { holdLock } from '../../src/engine/provision/lock.js';

/** Path of the programme, or in a line why it cannot be had. */
export async function goTool(main: string, version: string): Promise<{ path: string } | { missing: string }> {
  const name = basename(main);
  const path = join(cacheDirectory(), 'tools', `${name}-${version}`, name);
  if (existsSync(path)) return { path };
  await mkdir(dirname(dirname(path)), { recursive: true });
  const unlock = await holdLock(`${dirname(path)}.lock`, () => undefined);
  const staging = `${dirname(path)}.staging`;
  try {
    if (!existsSync(path)) build(`${main}@${version}`, staging);
    if (!existsSync(path)) await rename(staging, dirname(path));
    return { path };
  } catch (error) {
    return { missing: `${name} cannot be had: ${(error as Error).message}` };
  } finally {
    await rm(staging, { recursive: true, force: true });
    await unlock();
  }
}

function build(module: string, folder: string): void {
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' };
  const { status, error, stderr } = spawnSync('go', ['install', module], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(error?.message ?? stderr.trim().split('\n').at(-1));
}
