/** Layers over the root of this machine, as a container engine lays them over that of a base image; needs root on Linux. */
import { spawn, type ChildProcess, type StdioOptions, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The topmost first. */
export type Layers = readonly string[];

// Layers may not lie in one another: not on the file system of the root.
const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mlip-layers-'));
chmodSync(scratch, 0o755);
let made = 0;

/** They take memory: to be called when nothing runs in them any more. */
export function removeLayers(): void {
  rmSync(scratch, { recursive: true, force: true });
}

export function newFolder(kind: string): string {
  const path = join(scratch, `${kind}-${made++}`);
  mkdirSync(path);
  chmodSync(path, 0o755);
  return path;
}

/** What the base images have where Dockerfiles look for it, and where volumes are mounted. */
export function baseLayer(): string {
  const base = newFolder('base');
  for (const path of ['usr/local/bin', 'shared', 'run/secrets']) mkdirSync(join(base, path), { recursive: true });
  copyFileSync(process.execPath, join(base, 'usr/local/bin/node'));
  chmodSync(join(base, 'usr/local/bin/node'), 0o755);
  return base;
}

/** Whether this machine lets us do any of this. */
export function canLayer(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return spawnSync('unshare', inLayers([newFolder('try'), baseLayer()], 'true', true)).status === 0;
}

/** Runs a shell command that sees the root which the layers make as $R; throws where it fails. Writes go to the topmost layer. */
export function change(layers: Layers, command: string): void {
  const { status, stdout, stderr } = spawnSync('unshare', inLayers(layers, command, true), {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`${command}\n${stdout}\n${stderr}`);
}

/** Nothing can be written below $R. The process becomes that of the command where it is an `exec`. */
export function begin(layers: Layers, command: string, stdio?: StdioOptions): ChildProcess {
  return spawn('unshare', inLayers(layers, command, false), { stdio });
}

function inLayers([top, ...below]: Layers, command: string, writable: boolean): string[] {
  const options = writable
    ? `lowerdir=${stacked(below)},upperdir=${top},workdir=${newFolder('work')}`
    : `lowerdir=${stacked([top, ...below])}`;
  const lines = [
    ...['set -e', `R=${newFolder('root')}`, `mount -t overlay overlay -o ${options} $R`],
    ...['/proc', '/dev'].map((path) => `mount --rbind ${path} $R${path}`),
    'mount -t tmpfs -o mode=1777 tmpfs $R/tmp',
    command,
  ];
  return ['--mount', 'bash', '-c', lines.join('\n')];
}

/** As the option of a mount: over this machine's root. */
export function stacked(layers: Layers): string {
  return [...layers, '/'].join(':');
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
