/**
 * How many images are decoded at a time. sharp works in Node's thread pool (libuv), which the whole process shares with
 * file access and with TensorFlow's asynchronous calls: it has UV_THREADPOOL_SIZE threads, 4 unless the environment of
 * the process says otherwise from its start. Worker threads of JavaScript would add none, since they share that pool.
 */
import { availableParallelism } from 'node:os';

const DEFAULT_POOL = 4;
/** Threads of the pool left for TensorFlow and for files. */
const RESERVED = 1;

/**
 * @param wanted `data.decodeThreads`; 0 chooses
 * @param cores cores of the machine that this process may use
 */
export function decodeThreads(wanted: number, pool = poolThreads(), cores = availableParallelism()): number {
  const most = Math.max(1, pool - RESERVED);
  return Math.min(most, wanted > 0 ? wanted : cores);
}

/** UV_THREADPOOL_SIZE that a process should be started with to decode with so many threads. */
export function poolSizeFor(threads: number): number {
  return Math.max(DEFAULT_POOL, threads + RESERVED);
}

function poolThreads(): number {
  const size = Number(process.env['UV_THREADPOOL_SIZE']);
  return Number.isInteger(size) && size > 0 ? size : DEFAULT_POOL;
}
