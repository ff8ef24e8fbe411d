/** The engine's checks, in a process of their own: a TensorFlow that does not suit the processor ends its process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../core/package-root.js';
import { failed, type Check } from './check.js';

/** Hidden option of `mlip doctor` that runs these checks in the process itself. */
export const ENGINE_ONLY = '--engine-only';

export async function engineChecks(): Promise<Check[]> {
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'mlip.js'), 'doctor', ENGINE_ONLY, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const [answer, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status, signal] = await ended;
  try {
    return (JSON.parse(answer) as { checks: Check[] }).checks;
  } catch {
    const lastLine = complaints.trim().split('\n').at(-1) ?? '';
    return [
      failed(
        'engine',
        `loading TensorFlow ended the process (${signal ?? `status ${status}`}): ${lastLine}`,
        'Run `mlip engine install --force`. TensorFlow needs a processor with AVX; a virtual machine may hide it.',
      ),
    ];
  }
}
