/** What `mlip doctor` says, in a process of its own: one that hangs or crashes is found out about, too. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseJson } from '../../core/json.js';
import { packageRoot } from '../../core/package-root.js';

export interface DoctorAnswer {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string; remedy?: string }[];
}

const LIMIT_MS = 90_000;

/** Rejects where it gives no answer. */
export function askDoctor(): Promise<DoctorAnswer> {
  const command = [join(packageRoot, 'bin', 'mlip.js'), 'doctor', '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, { timeout: LIMIT_MS, maxBuffer: 4 << 20 }, (error, stdout, stderr) => {
      const answer = parseJson(stdout) as DoctorAnswer | null | undefined;
      if (Array.isArray(answer?.checks)) resolve(answer);
      else reject(new Error(stderr.trim().split('\n').at(-1) || error?.message || 'it says nothing'));
    });
  });
}
