/** Memory of the GPUs that a worker sees, as nvidia-smi tells it: TensorFlow's C interface does not. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { Instruments } from './instruments.js';

const ASK_MS = 15_000;
const ANSWER_MS = 5_000;
const MIB = 2 ** 20;

const QUERY = ['--query-gpu=index,uuid,memory.used,memory.total', '--format=csv,noheader,nounits'];

export interface GpuMemory {
  index: string;
  uuid: string;
  usedBytes: number;
  totalBytes: number;
}

/** Of what `nvidia-smi` prints; what is no number, as of a GPU that is gone, is NaN. */
export function parseGpuMemory(text: string): GpuMemory[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [index, uuid, used, total] = line.split(',').map((field) => field.trim());
    return { index, uuid, usedBytes: Number(used) * MIB, totalBytes: Number(total) * MIB };
  });
}

/**
 * Asks every 15 s from now on. Returns what ends it. While nvidia-smi does not answer nothing is shown, and that is said once.
 *
 * @param visible as CUDA_VISIBLE_DEVICES has them, numbers or UUIDs; undefined for all
 */
export function followGpuMemory(
  { gauge }: Instruments,
  visible: readonly string[] | undefined,
  log: Logger,
): () => void {
  const used = gauge('mlip_gpu_memory_used_bytes', 'Memory in use on a GPU, by whomever', 'gpu');
  const total = gauge('mlip_gpu_memory_bytes', 'Memory of a GPU', 'gpu');
  const isOwn = ({ index, uuid }: GpuMemory): boolean =>
    visible === undefined || visible.some((id) => id === index || uuid.startsWith(id));
  async function ask(): Promise<void> {
    const { stdout } = await promisify(execFile)('nvidia-smi', QUERY, { timeout: ANSWER_MS, killSignal: 'SIGKILL' });
    for (const { index: gpu, usedBytes, totalBytes } of parseGpuMemory(stdout).filter(isOwn)) {
      used.set({ gpu }, usedBytes);
      total.set({ gpu }, totalBytes);
    }
  }
  let said = false;
  let asking = false;
  const follow = async (): Promise<void> => {
    // One that hangs in the driver cannot even be killed.
    if (asking) return;
    asking = true;
    try {
      await ask();
    } catch (error) {
      for (const old of [used, total]) old.reset();
      if (!said) log.warn('the memory of the GPU is not shown', { reason: messageOf(error) });
      said = true;
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void follow(), ASK_MS).unref();
  void follow();
  return () => clearInterval(timer);
}
