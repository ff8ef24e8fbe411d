/**
 * Who has shown the token gets a session: random bits and an end, under a seal that only holders of the token can make. Nothing of it
 * is kept here, so sessions outlive a restart and are good at each coordinator of a run; a new token ends them all.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { RunToken } from '../security/run-token.js';

export const SESSION_SECONDS = 12 * 3_600;

/** Sessions that were ended by their owners and are not over yet. */
const MOST_ENDED = 10_000;

export class Sessions {
  private readonly now: () => number;
  private readonly ended = new Set<string>();

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  begin(token: RunToken): string {
    const open = `${randomBytes(16).toString('base64url')}.${Math.floor(this.now() / 1000) + SESSION_SECONDS}`;
    return `${open}.${token.sealSession(open)}`;
  }

  isOpen(session: string, token: RunToken): boolean {
    const parts = /^([\w-]{22}\.(\d{1,12}))\.([\w-]{1,64})$/.exec(session);
    if (parts === null || this.ended.has(session)) return false;
    const [, open, end, seal] = parts;
    return isSame(seal, token.sealSession(open)) && Number(end) * 1000 > this.now();
  }

  end(session: string): void {
    for (const known of this.ended) if (Number(known.split('.')[1]) * 1000 <= this.now()) this.ended.delete(known);
    if (this.ended.size < MOST_ENDED) this.ended.add(session);
  }
}

/** Takes the same time whatever they are. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
