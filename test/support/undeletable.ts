/** Files that cannot be deleted for a while, for root as well. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** Nothing in the directory can be deleted until the returned function is called; undefined where that cannot be had. */
export async function undeletable(directory: string): Promise<(() => Promise<unknown>) | undefined> {
  // Permissions say nothing to root, and only root may set attributes. The open file is the same wherever it is moved.
  const names = readdirSync(directory).map((name) => join(directory, name));
  if (process.getuid?.() !== 0) {
    const handle = await open(directory, 'r');
    await handle.chmod(0o500);
    return () => handle.chmod(0o700).finally(() => handle.close());
  }
  if (!(await runCommand('chattr', '+i', ...names))) return undefined;
  return () => runCommand('chattr', '-i', '-R', join(directory, '..'));
}

/** Whether it could be started and ended well. */
export function runCommand(command: string, ...args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore' });
    child.once('close', (status) => resolve(status === 0)).once('error', () => resolve(false));
  });
}
