/** Memory of this process, as the benchmarks count it. */
import { readFileSync } from 'node:fs';

/** A field of /proc/self/status in MiB: VmRSS is the memory now, VmHWM its highest value of this process. */
export function memoryMb(field: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes] = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))!;
  return Number(kilobytes) / 1024;
}
