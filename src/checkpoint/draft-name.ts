/**
 * Names of drafts, and of what they replace: whose they are, so that several processes may write checkpoints into one directory and none clears away
 * what another one is writing.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const OWNED = /^\.(?:draft|replaced)-step-(\d+)-([0-9a-f]{8})-(\d+)-/;

/** Of another machine nobody here can tell whether the process lives: a draft that has not changed for so long is a dead one's. */
const DEAD_AFTER_MS = 10 * 60_000;

/** Process numbers mean something only here: in a container they are others than on the machine around it. */
const here = createHash('sha256').update(`${hostname()} ${processNamespace()}`).digest('hex').slice(0, 8);

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

export function ownName(kind: 'draft' | 'replaced', step: number): string {
  return `.${kind}-step-${step}-${here}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Whether `name` in `root` belongs to another process that lives, as far as can be told; to the checkpoint of that step where one is given. */
export async function isOfAnother(root: string, name: string, step?: number): Promise<boolean> {
  const [, of, where, pid] = OWNED.exec(name) ?? [];
  if (of === undefined || (step !== undefined && Number(of) !== step)) return false;
  if (where === here) return Number(pid) !== process.pid && lives(Number(pid));
  return Date.now() - (await changedMs(join(root, name))) < DEAD_AFTER_MS;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When the draft or a file in it was written last; 0 where it is gone. */
async function changedMs(draft: string): Promise<number> {
  const names = await readdir(draft).catch(() => []);
  const times = [draft, ...names.map((name) => join(draft, name))].map((path) =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  );
  return Math.max(...(await Promise.all(times)));
}
