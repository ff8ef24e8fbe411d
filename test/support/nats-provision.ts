/** Gets a real nats-server for the tests: found, or built with Go, or unpacked from Debian's package, and kept in the cache. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheDirectory } from '../../src/engine/library-paths.js';
import { holdLock } from '../../src/engine/provision/lock.js';

export const NATS_VERSION = 'v2.15.2';
const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
const cached = join(cacheDirectory(), 'nats-server', NATS_VERSION, name);

/** MLIP_NATS_SERVER, that of the PATH, or that of the cache. */
export function findNatsServer(): string | undefined {
  const { MLIP_NATS_SERVER: chosen, PATH = '' } = process.env;
  if (chosen !== undefined) return chosen;
  return [...PATH.split(delimiter).map((folder) => join(folder, name)), cached].find(existsSync);
}

/** Whether the server is of this version or a later one: Debian 12 has 2.9. */
export function isAtLeast(major: number, minor: number): boolean {
  const { stdout } = spawnSync(findNatsServer()!, ['--version'], { encoding: 'utf8' });
  const [hasMajor, hasMinor] = /v(\d+)\.(\d+)/.exec(stdout)!.slice(1).map(Number);
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}

/** Finds a server, or gets one with Go or apt into the cache; throws where neither can. */
export async function provideNatsServer(): Promise<void> {
  if (findNatsServer() !== undefined) return;
  const folder = join(cached, '..');
  await mkdir(join(folder, '..'), { recursive: true });
  const unlock = await holdLock(`${folder}.lock`, () => undefined);
  const staging = `${folder}.staging`;
  try {
    if (existsSync(cached)) return;
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging);
    const failures = [buildWithGo(staging), ...(existsSync(join(staging, name)) ? [] : [unpackFromDebian(staging)])];
    if (!existsSync(join(staging, name))) throw new Error(`nats-server cannot be had: ${failures.join('; ')}`);
    await rename(staging, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
    await unlock();
  }
}

function buildWithGo(folder: string): string {
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' };
  return run('go', ['install', `github.com/nats-io/nats-server/v2@${NATS_VERSION}`], folder, env);
}

/** Downloads Debian's package and takes the file out of it; nothing is installed. */
function unpackFromDebian(folder: string): string {
  const fetched = run('apt-get', ['download', 'nats-server'], folder);
  if (fetched !== '' && process.getuid?.() === 0) run('apt-get', ['update', '-q'], folder);
  const script = `ls *.deb >/dev/null 2>&1 || apt-get download nats-server; dpkg -x *.deb x && mv x/usr/sbin/nats-server . || mv x/usr/bin/nats-server .`;
  return run('sh', ['-c', script], folder);
}

/** Empty where it succeeded, else why not. */
function run(command: string, args: string[], cwd: string, env = process.env): string {
  const { status, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  return status === 0 ? '' : `${command}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`;
}
