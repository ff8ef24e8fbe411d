/** Bounds and numbers that both ends of the wire agree on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../core/package-root.js';

/** Raised whenever a message changes its meaning: ends of different numbers refuse each other. */
export const PROTOCOL = 3;

/** No message is larger, in either direction. The largest single one is Assign, with the address of every worker. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** No message to the coordinator is larger: they are pieces of tensors and small reports. */
export const MAX_REQUEST_BYTES = 512 * 1024;

/** No message of a worker on its control stream is larger: the largest lists the rows of a step. */
export const MAX_WORKER_MESSAGE_BYTES = 256 * 1024;

/** Tensors travel in pieces of this size, well below what a request may have. */
export const CHUNK_BYTES = 256 * 1024;

/** Widest row of a gathered tensor: 16384 float32. */
export const MAX_ROW_BYTES = 64 * 1024;

/** Most tensors of one gather. */
export const MAX_GATHER_TENSORS = 64;

/** The metadata key under which each call carries the token of its run. */
export const TOKEN_KEY = 'mlip-token';

/** The protocol that a TLS handshake agrees on. */
export const HTTP2 = 'h2';

/** A heartbeat that is missed so many times loses the worker. */
export const MISSED_HEARTBEATS = 3;

/** The same while it loads: reading data, tracing and compiling keep it from its heartbeat for long. */
export const MISSED_HEARTBEATS_AT_START = 30;

/** Of package.json; a worker joins only a coordinator of its own version. */
export const mlipVersion: string = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;
