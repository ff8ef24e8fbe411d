/** Who is let in: whoever shows the token of the run once, and with the session that this gives. */
import type { IncomingMessage } from 'node:http';
import { MlipError } from '../core/errors.js';
import { parseJson } from '../core/json.js';
import type { RunToken } from '../security/run-token.js';
import { Attempts } from './attempts.js';
import { json, refusal, type Reply } from './reply.js';
import { SESSION_SECONDS, Sessions } from './sessions.js';

export interface GateOptions {
  /** Null while there is none: a coordinator that stands by may not have made it yet. */
  token: () => RunToken | null;
  /** Browsers keep cookies by host, whatever the port: each dashboard of a machine has a name of its own. */
  cookie: string;
  /** Over TLS the cookie goes nowhere else. */
  secure: boolean;
}

/** A login is a token and some braces. */
const MOST_BODY = 1_024;

export class Gate {
  private readonly options: GateOptions;
  private readonly attempts = new Attempts();
  private readonly sessions = new Sessions();

  constructor(options: GateOptions) {
    this.options = options;
  }

  isOpenTo(request: IncomingMessage): boolean {
    const token = this.options.token();
    const session = this.sessionOf(request);
    return token !== null && session !== null && this.sessions.isOpen(session, token);
  }

  async login(request: IncomingMessage): Promise<Reply> {
    const address = request.socket.remoteAddress ?? '';
    const waitMs = this.attempts.waitOf(address);
    if (waitMs > 0) return tooOften(waitMs);
    const given = parseJson(await bodyOf(request)) as { token?: unknown } | undefined;
    // Others of that address may have failed while this one was on its way.
    const stillMs = this.attempts.waitOf(address);
    if (stillMs > 0) return tooOften(stillMs);
    const token = this.options.token();
    if (token === null) return noTokenYet();
    if (!token.matches(given?.token)) {
      this.attempts.failed(address);
      return wrongToken();
    }
    return json({}, 200, { 'set-cookie': this.cookie(this.sessions.begin(token), SESSION_SECONDS) });
  }

  logout(request: IncomingMessage): Reply {
    const session = this.sessionOf(request);
    if (session !== null && this.isOpenTo(request)) this.sessions.end(session);
    return json({}, 200, { 'set-cookie': this.cookie('', 0) });
  }

  private sessionOf({ headers }: IncomingMessage): string | null {
    const start = `${this.options.cookie}=`;
    const own = (headers.cookie ?? '').split('; ').find((pair) => pair.startsWith(start));
    return own === undefined ? null : own.slice(start.length);
  }

  private cookie(value: string, seconds: number): string {
    const { cookie, secure } = this.options;
    return `${cookie}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  }
}

/** Empty for one that is too long. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MOST_BODY) return '';
  }
  return text;
}

function wrongToken(): Reply {
  const error = new MlipError('MLIP_E_TOKEN_WRONG', 'that is not the token of this run', {
    remedy: 'Copy the whole content of the file that the coordinator named when it started: OUT/token by default.',
  });
  return refusal(401, error);
}

function noTokenYet(): Reply {
  const error = new MlipError('MLIP_E_TOKEN_MISSING', 'the run has no token yet', {
    remedy: 'Its coordinator makes one when it starts; try again then, or give it one with --token-file.',
  });
  return refusal(503, error);
}

function tooOften(waitMs: number): Reply {
  const seconds = Math.ceil(waitMs / 1000);
  const error = new MlipError('MLIP_E_TOKEN_WRONG', 'too many wrong tokens', {
    remedy: `Try again in ${seconds} s.`,
  });
  return { ...refusal(429, error), headers: { 'retry-after': String(seconds) } };
}
