/** The deadlines of a call, and how often its messages come. */
import type { CallRules } from './call-rules.js';

export class CallTimes {
  private readonly rules: CallRules;
  private readonly late: (what: string) => void;
  private first: NodeJS.Timeout | undefined;
  private upload: NodeJS.Timeout | undefined;
  private whole: NodeJS.Timeout | undefined;
  /** Messages that may still come now; refilled with time. */
  private credit: number;
  private refilledMs = performance.now();

  /** `late` hears what has not come in time. */
  constructor(rules: CallRules, late: (what: string) => void) {
    this.rules = rules;
    this.late = late;
    this.credit = rules.burst;
  }

  begin(): void {
    const { firstMessageMs, uploadMs, wholeMs } = this.rules;
    this.first = this.wait(firstMessageMs, 'no message came');
    this.upload = this.wait(uploadMs, 'not all of the call had come');
    this.whole = this.wait(wholeMs, 'the call was not over');
  }

  /** A message has come; false if there are too many. */
  message(): boolean {
    clearTimeout(this.first);
    const { messagesPerSecond, burst } = this.rules;
    const nowMs = performance.now();
    this.credit = Math.min(burst, this.credit + ((nowMs - this.refilledMs) * messagesPerSecond) / 1000) - 1;
    this.refilledMs = nowMs;
    return this.withinRate;
  }

  get withinRate(): boolean {
    return this.credit >= 0;
  }

  /** Nothing more comes. */
  uploaded(): void {
    clearTimeout(this.first);
    clearTimeout(this.upload);
  }

  end(): void {
    this.uploaded();
    clearTimeout(this.whole);
  }

  private wait(limitMs: number | null, what: string): NodeJS.Timeout | undefined {
    return limitMs === null ? undefined : setTimeout(() => this.late(`${what} within ${limitMs} ms`), limitMs);
  }
}
