/** The files of a Go module of a pinned version, from Go's cache of modules, which checks their hash. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/** Its folder, or in a line why it cannot be had. */
export function goModule(module: string, version: string): { folder: string } | { missing: string } {
  const args = ['mod', 'download', '-json', `${module}@${version}`];
  // Outside of any other module.
  const { stdout, error } = spawnSync('go', args, { cwd: tmpdir(), encoding: 'utf8' });
  if (error !== undefined) return { missing: `${module} cannot be had: ${error.message}` };
  const { Dir: folder, Error: reason } = JSON.parse(stdout) as { Dir?: string; Error?: string };
  return folder === undefined ? { missing: `${module} cannot be had: ${reason ?? 'no folder'}` } : { folder };
}
