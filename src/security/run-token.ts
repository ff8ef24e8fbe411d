/** The secret that the processes of a run share. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { MlipError } from '../core/errors.js';
import { Hidden } from './hidden.js';

/** Fewer characters can be guessed. */
const FEWEST_CHARACTERS = 16;
const MOST_CHARACTERS = 256;

export class RunToken extends Hidden {
  readonly #text: string;
  readonly #digest: Buffer;

  /** @throws MLIP_E_TOKEN_UNUSABLE. `where` names the source, for the error. */
  constructor(text: string, where: string) {
    super('run token');
    const fault = faultOf(text);
    if (fault !== null) {
      throw new MlipError('MLIP_E_TOKEN_UNUSABLE', `the run token ${fault}`, {
        where,
        remedy: `Use ${FEWEST_CHARACTERS} to ${MOST_CHARACTERS} random letters and digits, for instance of \`openssl rand -hex 32\`.`,
      });
    }
    this.#text = text;
    this.#digest = digestOf(text);
  }

  /** 256 random bits. */
  static random(): RunToken {
    return new RunToken(randomBytes(32).toString('base64url'), 'a random token');
  }

  /** Takes the same time whatever `given` is. */
  matches(given: unknown): boolean {
    const known = typeof given === 'string' && given.length <= MOST_CHARACTERS;
    return timingSafeEqual(digestOf(known ? given : ''), this.#digest);
  }

  /** What the ranks of a run show each other: it says nothing about the token and is worth nothing in another run. */
  forRing(runId: string): string {
    return createHmac('sha256', this.#text).update(`ring of run ${runId}`).digest('hex');
  }

  /** By which a session of the dashboard is known for one that was begun with this token. */
  sealSession(session: string): string {
    return createHmac('sha256', this.#text).update(`session of the dashboard ${session}`).digest('base64url');
  }

  /** The secret itself: for the metadata of a call, a child's environment and the token file, for nothing else. */
  reveal(): string {
    return this.#text;
  }
}

/** It travels as a header, so it is printable ASCII without spaces. */
function faultOf(text: string): string | null {
  if (text.length < FEWEST_CHARACTERS) return `has fewer than ${FEWEST_CHARACTERS} characters`;
  if (text.length > MOST_CHARACTERS) return `has more than ${MOST_CHARACTERS} characters`;
  return /^[\x21-\x7e]+$/.test(text) ? null : 'has spaces or characters that are not ASCII';
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
