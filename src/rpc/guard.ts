/**
 * Stands before every call of the coordinator: who has not the run's token gets no further, and no call takes more than
 * its share. A refused call ends with a code; what was refused is counted.
 */
import { type ServerInterceptor, ServerInterceptingCall, status } from '@grpc/grpc-js';
import type { Admission } from '../security/admission.js';
import type { RefusalReason, Refusals } from '../security/refusals.js';
import type { RunToken } from '../security/run-token.js';
import { type CallRules, type OutputRoot, type ServerLimits, rulesOf } from './call-rules.js';
import { CallTimes } from './call-times.js';
import { codeInStatus, toFailure, toStatus } from './failure.js';
import { TOKEN_KEY } from './protocol.js';
import { NO_TOKEN, PACKED, WRONG_TOKEN, reasonOf, tooLarge, tooMany, tooOften, tooSlow } from './refusal-errors.js';

export interface GuardOptions {
  token: () => RunToken;
  limits: ServerLimits;
  outputRoot: OutputRoot;
  refusals: Refusals;
  admission: () => Admission;
}

type Call = ConstructorParameters<typeof ServerInterceptingCall>[0];

/** What grpc-js does not show: the call nearest to the wire, which ends calls past all interceptors. */
interface WireCall extends Call {
  incomingEncoding?: string;
}

type Status = Parameters<Call['sendStatus']>[0];

const ENDS_CONNECTION: ReadonlySet<RefusalReason> = new Set(['token', 'rate', 'slow']);

/** Time for the reason to arrive before a connection that is none of ours is cut. */
const LAST_WORD_MS = 1_000;

export function guard(options: GuardOptions): ServerInterceptor {
  const rules = rulesOf(options.limits, options.outputRoot);
  const open = new Map<string, number>();
  return ({ path }, call) => {
    const own = rules.get(path);
    // What else a server offers is no business of ours.
    if (own === undefined) return new ServerInterceptingCall(call);
    return new GuardedCall(call, { path, rules: own, open, ...options }).intercepting();
  };
}

interface Circumstances extends GuardOptions {
  path: string;
  rules: CallRules;
  /** Calls under way by path. */
  open: Map<string, number>;
}

class GuardedCall {
  private readonly call: WireCall;
  private readonly at: Circumstances;
  private readonly times: CallTimes;
  private counted = false;
  private over = false;

  constructor(call: Call, at: Circumstances) {
    this.call = call;
    this.at = at;
    this.times = new CallTimes(at.rules, (what) => this.refuse('slow', tooSlow(what)));
    this.watchWire();
  }

  intercepting(): ServerInterceptingCall {
    return new ServerInterceptingCall(this.call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            const [shown] = metadata.get(TOKEN_KEY);
            metadata.remove(TOKEN_KEY);
            if (this.admits(shown)) pass(metadata);
          },
          onReceiveMessage: (bytes: Buffer, pass) => {
            const message = this.read(bytes);
            if (message !== undefined) pass(message);
          },
          onReceiveHalfClose: (pass) => {
            this.times.uploaded();
            pass();
          },
          onCancel: () => this.end(),
        }),
      sendStatus: (sent, pass) => {
        this.countRefusal(sent);
        this.end();
        pass(sent);
      },
    });
  }

  private get peer(): { remoteAddress?: string | undefined; remotePort?: number | undefined } {
    return this.call.getConnectionInfo();
  }

  private admits(token: unknown): boolean {
    if (!this.at.token().matches(token)) this.refuse('token', token === undefined ? NO_TOKEN : WRONG_TOKEN);
    else if (this.others >= this.at.rules.most) this.refuse('calls', tooMany(this.others));
    // A few bytes may be a gigabyte when they are unpacked; no client of ours packs anything.
    else if ((this.call.incomingEncoding ?? 'identity') !== 'identity') this.refuse('protocol', PACKED);
    else this.begin();
    return !this.over;
  }

  private begin(): void {
    const { remoteAddress, remotePort } = this.peer;
    this.at.admission().admit(remoteAddress, remotePort);
    this.at.open.set(this.at.path, this.others + 1);
    this.counted = true;
    this.times.begin();
  }

  /** Calls of this kind that are under way besides. */
  private get others(): number {
    return this.at.open.get(this.at.path) ?? 0;
  }

  /** A message as the handler gets it; undefined where it was refused. */
  private read(bytes: Buffer): unknown {
    if (this.over) return undefined;
    const { maxMessageBytes, read } = this.at.rules;
    if (!this.times.message()) return this.refuse('rate', tooOften(this.at.rules));
    if (bytes.length > maxMessageBytes) return this.refuse('size', tooLarge(bytes.length, maxMessageBytes));
    try {
      return read(bytes);
    } catch (error) {
      return this.refuse(reasonOf(toFailure(error).code) ?? 'protocol', error);
    }
  }

  private refuse(reason: RefusalReason, error: unknown): undefined {
    if (this.over) return;
    this.note(reason);
    this.end();
    this.call.sendStatus(statusOf(error));
    // A token is not guessed often, and whoever does not read would keep what it is sent here.
    if (!ENDS_CONNECTION.has(reason)) return;
    const { remoteAddress, remotePort } = this.peer;
    this.at.admission().dismiss(remoteAddress, remotePort, LAST_WORD_MS);
  }

  private note(reason: RefusalReason): void {
    this.at.refusals.add(reason, `a call of ${this.at.path.split('/').at(-1)} from ${this.peer.remoteAddress}`);
  }

  /** What the handler refuses by a code counts as well. */
  private countRefusal(sent: Status): void {
    const reason = this.over ? undefined : reasonOf(codeInStatus(sent));
    if (reason !== undefined) this.note(reason);
  }

  /** grpc-js itself ends calls with messages that are too large. */
  private watchWire(): void {
    const { call } = this;
    const send = call.sendStatus.bind(call);
    call.sendStatus = (sent) => {
      if (sent.code === status.RESOURCE_EXHAUSTED && !this.over) this.note('size');
      this.end();
      send(sent);
    };
  }

  private end(): void {
    if (this.over) return;
    this.over = true;
    this.times.end();
    if (this.counted) this.at.open.set(this.at.path, this.others - 1);
  }
}

function statusOf(error: unknown): Status {
  return { code: status.FAILED_PRECONDITION, details: '', ...toStatus(toFailure(error)) };
}
