/** Memory that is in use, garbage collected. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is being closed is let go of later, on a machine that has much to do up to half a second later. */
const ROUNDS = 10;
const PAUSE_MS = 100;

/** Megabytes of objects and of buffers outside of the heap that last: the least of several readings. */
export async function usedMb(): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    collect();
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, (heapUsed + external) / 1e6);
  }
  return least;
}
