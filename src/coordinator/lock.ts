/**
 * One coordinator per output directory: `OUT/coordinator.lock` names the process that holds it. A lock whose process is
 * gone (or whose number now belongs to a process that was started at another time) is taken over.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { withDraftSync } from '../core/durable-file.js';
import { MlipError } from '../core/errors.js';

interface Holder {
  host: string;
  pid: number;
  /** Start of the process, in the system's own notation; tells apart processes of the same number. */
  started: string;
}

/** Takes the lock of a directory; returns the function that gives it back. Throws MLIP_E_OUT_LOCKED. */
export function lockDirectory(out: string): () => void {
  const path = join(out, 'coordinator.lock');
  const own = JSON.stringify({ host: hostname(), pid: process.pid, started: startOf(process.pid) } satisfies Holder);
  withDraftSync(path, (draft) => {
    writeFileSync(draft, own);
    while (!tryLink(draft, path)) takeOver(path, out);
  });
  return () => {
    if (readOrEmpty(path) === own) rmSync(path, { force: true });
  };
}

/** Linking is atomic and fails where the lock exists, also on network file systems. */
function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock that nobody holds any more. */
function takeOver(path: string, out: string): void {
  const text = readOrEmpty(path);
  const holder = parse(text);
  if (holder !== null && isHeld(holder)) throw held(holder, path, out);
  // Someone else may have taken it over since it was read: what was moved away must be what was judged.
  withDraftSync(path, (aside) => {
    if (moved(path, aside) && readOrEmpty(aside) !== text) tryLink(aside, path);
  });
}

/** False where it is gone. */
function moved(path: string, aside: string): boolean {
  try {
    renameSync(path, aside);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function isHeld({ host, pid, started }: Holder): boolean {
  return host !== hostname() || startOf(pid) === started;
}

function held({ host, pid }: Holder, path: string, out: string): MlipError {
  const away = host !== hostname();
  return new MlipError('MLIP_E_OUT_LOCKED', `another coordinator (pid ${pid} on ${host}) writes to this directory`, {
    where: out,
    remedy: away ? `If that coordinator is gone, delete ${path}.` : 'Wait for it, stop it, or choose another --out.',
  });
}

/** A lock that cannot be read was left by a crash while it was written: nobody's. */
function parse(text: string): Holder | null {
  try {
    const holder = JSON.parse(text) as Partial<Holder>;
    const whole =
      typeof holder.host === 'string' && typeof holder.pid === 'number' && typeof holder.started === 'string';
    return whole ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

/** Empty if there is no such process, or only what remains of it. */
function startOf(pid: number): string {
  if (process.platform !== 'linux') return startByPs(pid);
  // Fields 3 and 22 of /proc/PID/stat, counted after the command's name, which may contain spaces.
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}

function startByPs(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
