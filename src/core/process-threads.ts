/** The threads of a process on this machine, and what each is doing, where the system tells (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

export interface Thread {
  name: string;
  state: string;
}

const STATES: Readonly<Record<string, string>> = {
  R: 'runs',
  S: 'waits',
  D: 'waits for a device',
  T: 'stopped',
  t: 'stopped by a debugger',
  Z: 'ended',
  I: 'idle',
};

/** None where the process is gone, or the system does not tell. */
export function threadsOf(pid: number): Thread[] {
  const tasks = `/proc/${pid}/task`;
  return entriesOf(tasks).flatMap((task) => threadOf(readText(`${tasks}/${task}/stat`)));
}

/** The command line of a process; empty where it is gone. */
export function commandOf(pid: number): string {
  return readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

/** `27564 (name that may have spaces) R ...`. */
function threadOf(stat: string): Thread[] {
  const [, name, letter] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? [];
  return name === undefined ? [] : [{ name, state: STATES[letter] ?? letter }];
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
