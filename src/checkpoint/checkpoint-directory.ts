/**
 * OUT/checkpoints: which checkpoints there are, and how one takes its place. A checkpoint is written under a draft's
 * name and renamed when it is whole, so `step-N` never holds half of one. What a crash leaves behind is recognised by
 * its name and cleared away before the next checkpoint is written.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDurably, syncDirectory } from '../core/durable-file.js';

const WHOLE = /^step-(\d+)$/;
/** The previous `step-N` while a new one takes its name. */
const REPLACED = /^\.replaced-step-(\d+)$/;
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

/** An empty directory in which the checkpoint of `step` is written. Clears away what earlier crashes left. */
export async function openDraft(out: string, step: number): Promise<string> {
  const root = checkpointsOf(out);
  await makeDurably(root);
  await tidy(root);
  const draft = join(root, looseName('draft', step));
  await mkdir(draft);
  return draft;
}

/** Gives a finished draft its name, in place of an earlier checkpoint of the same step. Returns its path. */
export async function publish(draft: string, out: string, step: number): Promise<string> {
  const root = checkpointsOf(out);
  const path = join(root, `step-${step}`);
  const replaced = join(root, `.replaced-step-${step}`);
  await syncDirectory(draft);
  if (existsSync(path)) await rename(path, replaced);
  await rename(draft, path);
  await syncDirectory(root);
  await rm(replaced, { recursive: true, force: true });
  return path;
}

/** A crash leaves it whole or absent. */
export async function removeCheckpoint(out: string, step: number): Promise<void> {
  for (const { path } of (await listCheckpoints(out)).filter((stored) => stored.step === step)) {
    const removed = join(checkpointsOf(out), looseName('removed', step));
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
    if (step !== undefined && !existsSync(join(root, `step-${step}`))) await rename(path, join(root, `step-${step}`));
    else if (step !== undefined || LOOSE.test(name)) {
      // What cannot be cleared away is no reason to write no more checkpoints.
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

function looseName(kind: 'draft' | 'removed', step: number): string {
  return `.${kind}-step-${step}-${randomBytes(4).toString('hex')}`;
}
