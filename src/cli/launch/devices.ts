/** Which GPU and how many threads each worker of this machine gets. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

export interface WorkerShare {
  /** Threads of one operation; at least 1. */
  threads: number;
  /** Added to the worker's environment. */
  env: NodeJS.ProcessEnv;
}

/** Ids of the GPUs that may be used, as CUDA_VISIBLE_DEVICES takes them; empty where there are none. */
export function visibleGpus(env: NodeJS.ProcessEnv = process.env): string[] {
  const chosen = env['CUDA_VISIBLE_DEVICES'];
  if (chosen !== undefined) return chosen.split(',').filter((id) => id !== '' && id !== '-1');
  return Array.from({ length: gpuCount() }, (_, index) => String(index));
}

function gpuCount(): number {
  try {
    const listed = execFileSync('nvidia-smi', ['-L'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return listed.split('\n').filter((line) => line.startsWith('GPU ')).length;
  } catch {
    return gpusOfDriver();
  }
}

/** Containers often have the driver without `nvidia-smi`. */
function gpusOfDriver(): number {
  try {
    return readdirSync('/proc/driver/nvidia/gpus').length;
  } catch {
    return 0;
  }
}

export interface ShareOptions {
  workers: number;
  cores: number;
  /** `engine.threads`; 0 shares the cores. */
  threads: number;
  gpus: readonly string[];
}

/** One share for each worker. More workers than GPUs take turns on them. */
export function shareDevices({ workers, cores, threads, gpus }: ShareOptions): WorkerShare[] {
  const fair = Math.max(1, Math.floor(cores / workers));
  return Array.from({ length: workers }, (_, index) => ({
    threads: threads === 0 ? fair : threads,
    env: gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: gpus[index % gpus.length] },
  }));
}
