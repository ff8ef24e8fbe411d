/**
 * What travels between ranks, besides the numbers themselves: 16-byte little-endian frames (a kind and three integers),
 * and the greeting with which a rank says who it is and what it wants. In the ring a `segment` frame is followed by `count`
 * numbers. Where tensors are copied, a `listing` frame is followed by `bytes` of text, a `tensor` frame by the next `count` float32,
 * a `digest` frame by DIGEST_BYTES. A receiver knows each count before the frame arrives.
 */
import { createHash } from 'node:crypto';
import type { ErrorCode } from '../core/errors.js';

export const FRAME_BYTES = 16;
export const GREETING_BYTES = 48;
/** SHA-256 of a tensor's bytes. */
export const DIGEST_BYTES = 32;

const FRAME_MAGIC = 0x4d4c5200; // the low byte is the kind
/** What a rank wants of another one: to receive from it in the ring, or to copy its tensors. */
const PURPOSES = { ring: 0x4d4c5048, copy: 0x4d4c5043 };
export type Purpose = keyof typeof PURPOSES;
const VERSION = 1;

/** Why a greeting is turned down. */
export const REFUSALS = ['token', 'generation', 'neighbour', 'protocol'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Failures that a rank reports to its neighbours. */
export const ABORT_CODES = ['MLIP_E_PEER_LOST', 'MLIP_E_REDUCE_TIMEOUT', 'MLIP_E_REDUCE_MISMATCH'] as const;
export type AbortCode = (typeof ABORT_CODES)[number] & ErrorCode;

export type Frame =
  | { kind: 'segment'; sequence: number; index: number; count: number }
  | { kind: 'accepted'; generation: number }
  | { kind: 'refused'; generation: number; refusal: Refusal }
  | { kind: 'abort'; code: AbortCode; rank: number }
  | { kind: 'listing'; step: number; bytes: number }
  | { kind: 'tensor'; index: number; count: number }
  | { kind: 'digest'; index: number };

/** A rank of a generation of a run. */
export interface Caller {
  token: Buffer;
  generation: number;
  rank: number;
}

/** What a rank says when it connects to another one. */
export interface Greeting extends Caller {
  purpose: Purpose;
}

const KINDS: Frame['kind'][] = ['segment', 'accepted', 'refused', 'abort', 'listing', 'tensor', 'digest'];

export function encodeFrame(frame: Frame): Buffer {
  const bytes = Buffer.alloc(FRAME_BYTES);
  bytes.writeUInt32LE(FRAME_MAGIC + KINDS.indexOf(frame.kind), 0);
  fieldsOf(frame).forEach((field, position) => bytes.writeUInt32LE(field, 4 + 4 * position));
  return bytes;
}

function fieldsOf(frame: Frame): number[] {
  switch (frame.kind) {
    case 'segment':
      return [frame.sequence, frame.index, frame.count];
    case 'accepted':
      return [frame.generation];
    case 'refused':
      return [frame.generation, REFUSALS.indexOf(frame.refusal)];
    case 'abort':
      return [ABORT_CODES.indexOf(frame.code), frame.rank];
    case 'listing':
      return [frame.step, frame.bytes];
    case 'tensor':
      return [frame.index, frame.count];
    case 'digest':
      return [frame.index];
  }
}

/** Undefined for bytes that are no frame. */
export function decodeFrame(bytes: Buffer): Frame | undefined {
  const kind = KINDS[bytes.readUInt32LE(0) - FRAME_MAGIC];
  const [first, second, third] = [4, 8, 12].map((offset) => bytes.readUInt32LE(offset));
  switch (kind) {
    case 'segment':
      return { kind, sequence: first, index: second, count: third };
    case 'accepted':
      return { kind, generation: first };
    case 'refused':
      return second < REFUSALS.length ? { kind, generation: first, refusal: REFUSALS[second] } : undefined;
    case 'abort':
      return first < ABORT_CODES.length ? { kind, code: ABORT_CODES[first], rank: second } : undefined;
    case 'listing':
      return { kind, step: first, bytes: second };
    case 'tensor':
      return { kind, index: first, count: second };
    case 'digest':
      return { kind, index: first };
    case undefined:
      return undefined;
  }
}

export function encodeGreeting(greeting: Greeting): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  [PURPOSES[greeting.purpose], VERSION, greeting.generation, greeting.rank].forEach((field, position) => {
    bytes.writeUInt32LE(field, 4 * position);
  });
  greeting.token.copy(bytes, 16);
  return bytes;
}

/** Undefined for bytes that are no greeting of this version. */
export function decodeGreeting(bytes: Buffer): Greeting | undefined {
  if (bytes.length !== GREETING_BYTES) return undefined;
  const magic = bytes.readUInt32LE(0);
  const purpose = (Object.keys(PURPOSES) as Purpose[]).find((name) => PURPOSES[name] === magic);
  if (purpose === undefined || bytes.readUInt32LE(4) !== VERSION) return undefined;
  return { purpose, generation: bytes.readUInt32LE(8), rank: bytes.readUInt32LE(12), token: bytes.subarray(16) };
}

/** The 32 bytes by which ranks of one run know each other; any text will do as token. */
export function digestToken(token: string): Buffer {
  return createHash('sha256').update(`mlip ring ${token}`).digest();
}
