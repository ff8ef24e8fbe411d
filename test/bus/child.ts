/** Processes of their own that use a store: real ones, that can be killed and stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** A line that a child printed. */
export type Said = Record<string, unknown>;

export interface Child {
  /** All that it has printed. */
  readonly said: Said[];
  /** The first line with this key, printed before or to come; rejects if the child ends without. */
  heard(key: string): Promise<Said>;
  signal(name: NodeJS.Signals): void;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts children/SCRIPT.js; it is killed when the test is finished. */
export function startChild(script: string, ...args: string[]): Child {
  const path = join(import.meta.dirname, 'children', `${script}.js`);
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: Said[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => said.push(JSON.parse(line) as Said));
  const closed = once(child, 'close');
  onTestFinished(() => end(child));
  const find = (key: string): Said | undefined => said.find((line) => key in line);
  return {
    said,
    async heard(key) {
      while (find(key) === undefined) {
        const ended = await Promise.race([once(lines, 'line').then(() => false), closed.then(() => true)]);
        if (ended && find(key) === undefined) throw new Error(`${script} ended without ${key}`);
      }
      return find(key)!;
    },
    signal: (name) => void child.kill(name),
    kill: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
