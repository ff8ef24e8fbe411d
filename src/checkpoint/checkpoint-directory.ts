/**
 * OUT/checkpoints: which checkpoints there are, and how one takes its place. A checkpoint is written under a draft's
 * name and renamed when it is whole, so `step-N` never holds half of one. What a crash leaves behind is recognised by
 * its name and cleared away before the next checkpoint is written.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDurably, syncDirectory } from '../core/durable-file.js';
import { isOfAnother, ownName } from './draft-name.js';

const WHOLE = /^step-(\d+)$/;
/** The previous `step-N` while a new one takes its name. */
const REPLACED = /^\.replaced-step-(\d+)(-|$)/;
/** Being written or deleted. */
const LOOSE = /^\.(draft|removed)-step-\d+-/;

export interface StoredCheckpoint {
  step: number;
  path: string;
}

export function checkpointsOf(out: string): string {
  return join(out, 'checkpoints');
}

/** Whole checkpoints of an output directory, the newest first. */
export async function listCheckpoints(out: string): Promise<StoredCheckpoint[]> {
  const root = checkpointsOf(out);
  const names = existsSync(root) ? await readdir(root) : [];
  const found = new Map<number, string>();
  for (const pattern of [REPLACED, WHOLE]) {
    for (const name of names) {
      const step = pattern.exec(name)?.[1];
      if (step !== undefined) found.set(Number(step), join(root, name));
    }
  }
  return Array.from(found, ([step, path]) => ({ step, path })).sort((a, b) => b.step - a.step);
}

/** Whether another process is writing the checkpoint of that step, as far as can be told. */
export async function isBeingWritten(out: string, step: number): Promise<boolean> {
  const root = checkpointsOf(out);
  const names = existsSync(root) ? await readdir(root) : [];
  const found = await Promise.all(names.map((name) => isOfAnother(root, name, step)));
  return found.includes(true);
}

/**
 * An empty directory in which the checkpoint of `step` is written. Clears away what earlier crashes left, but not what others
 * are writing.
 */
export async function openDraft(out: string, step: number): Promise<string> {
  const root = checkpointsOf(out);
  await makeDurably(root);
  await tidy(root);
  const draft = join(root, ownName('draft', step));
  await mkdir(draft);
  return draft;
}

/** Gives a finished draft its name, in place of an earlier checkpoint of the same step. Returns its path. */
export async function publish(draft: string, out: string, step: number): Promise<string> {
  const root = checkpointsOf(out);
  const path = join(root, `step-${step}`);
  await syncDirectory(draft);
  const replaced = await exchange(draft, path, () => join(root, ownName('replaced', step)));
  await syncDirectory(root);
  for (const former of replaced) await rm(former, { recursive: true, force: true });
  return path;
}

/** Renames `draft` to `path`; what is there goes to names of `aside` first, which are returned. */
async function exchange(draft: string, path: string, aside: () => string): Promise<string[]> {
  const replaced: string[] = [];
  for (let tries = MOST_TRIES; ; tries--) {
    try {
      const former = aside();
      if (existsSync(path)) replaced.push(await rename(path, former).then(() => former));
      await rename(draft, path);
      return replaced;
    } catch (error) {
      if (tries === 1 || !OVERTAKEN.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await sleep(RETRY_MS * Math.random());
    }
  }
}

/** What renaming says where another process gives its checkpoint of the same step that name in the same moment. */
const OVERTAKEN: ReadonlySet<string> = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST']);
const MOST_TRIES = 20;
const RETRY_MS = 20;

/** A crash leaves it whole or absent. */
export async function removeCheckpoint(out: string, step: number): Promise<void> {
  for (const { path } of (await listCheckpoints(out)).filter((stored) => stored.step === step)) {
    const removed = join(checkpointsOf(out), `.removed-step-${step}-${randomBytes(4).toString('hex')}`);
    await rename(path, removed).catch(unlessOvertaken);
    await rm(removed, { recursive: true, force: true }).catch(unlessOvertaken);
  }
}

/** Others may give up the same checkpoint, or tidy up what is being deleted here; they, or the next draft, do the rest. */
function unlessOvertaken(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error;
}

async function tidy(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const path = join(root, name);
    const step = REPLACED.exec(name)?.[1];
    if ((step === undefined && !LOOSE.test(name)) || (await isOfAnother(root, name))) continue;
    const lacking = step !== undefined && !existsSync(join(root, `step-${step}`));
    // Another process may be tidying too; and what cannot be cleared away is no reason to write no more checkpoints.
    if (lacking) await rename(path, join(root, `step-${step}`)).catch(() => undefined);
    else await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
