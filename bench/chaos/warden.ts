/**
 * Sees to it that no process outlives the one that started it, however that ends: a process of its own that is told of each
 * start and end, and that kills what is left once its stdin is closed.
 */
import { type ChildProcess, spawn } from 'node:child_process';

const SCRIPT = `
const pids = new Set();
const lines = require('node:readline').createInterface({ input: process.stdin });
lines.on('line', (line) => (line[0] === '+' ? pids.add(Number(line.slice(1))) : pids.delete(Number(line.slice(1)))));
lines.on('close', () => { for (const pid of pids) try { process.kill(pid, 'SIGKILL') } catch {} });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
`;

let warden: ChildProcess | undefined;

/** Kills the process when this one is gone. */
export function guard(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (warden === undefined) {
    warden = spawn(process.execPath, ['-e', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'] });
    // It keeps nobody waiting: it ends with this process.
    warden.unref();
    (warden.stdin as unknown as { unref(): void }).unref();
  }
  warden.stdin!.write(`+${child.pid}\n`);
  child.once('exit', () => warden?.stdin!.write(`-${child.pid}\n`));
}
