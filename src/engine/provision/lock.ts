/** A lock between processes of one machine: a file that names its holder; a holder that no longer lives holds nothing. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 500;

/** Waits for the lock, calling `onWait` at each try; the returned function lets it go. */
export async function holdLock(path: string, onWait: () => void, signal?: AbortSignal): Promise<() => Promise<void>> {
  while (!(await take(path))) {
    if (!isAlive(Number(await readFile(path, 'utf8').catch(() => '')))) {
      await rm(path, { force: true });
      continue;
    }
    onWait();
    await sleep(RETRY_MS, undefined, { signal });
  }
  return () => rm(path, { force: true });
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
