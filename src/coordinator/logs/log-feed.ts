/** Answers `Logs`: reads the files of the log and sends what is asked for, no faster than it is taken. */
import type { ServerWritableStream } from '@grpc/grpc-js';
import { LOG_LEVELS, type LogLevel } from '../../core/log.js';
import { toFailure, toStatus } from '../../rpc/failure.js';
import type { LogsReply, LogsRequestSeen } from '../../rpc/service.js';
import { writeAll } from '../../rpc/stream.js';
import { FirstFailure, isWanted, type LogFilter, parseLine } from './log-filter.js';
import { readLines } from './read-lines.js';

export type LogsCall = ServerWritableStream<LogsRequestSeen, LogsReply>;

export class LogFeed {
  private readonly out: string;
  private over: { ended: boolean } | null = null;

  constructor(out: string) {
    this.out = out;
  }

  /** What is there is the rest of this coordinator: whoever follows gets it, and whether the run has ended. */
  end(ended: boolean): void {
    this.over = { ended };
  }

  receive(call: LogsCall): void {
    const gone = new AbortController();
    for (const ending of ['cancelled', 'close', 'error'] as const) call.on(ending, () => gone.abort());
    this.answer(call, gone.signal).then(
      () => call.end(),
      (error: unknown) => void call.emit('error', toStatus(toFailure(error))),
    );
  }

  private async answer(call: LogsCall, signal: AbortSignal): Promise<void> {
    const [filter, first] = [filterOf(call.request), new FirstFailure()];
    const isOver = call.request.follow ? () => this.over !== null : null;
    let told = first.line;
    for await (const lines of readLines(this.out, { isOver, signal })) {
      const wanted = lines.filter((text) => {
        const line = parseLine(text);
        if (line !== null) first.see(line);
        return line !== null && isWanted(line, filter);
      });
      if (wanted.length === 0 && first.line === told) continue;
      told = first.line;
      const firstFailure = told === null ? '' : JSON.stringify(told);
      if (!(await writeAll(call, [{ lines: wanted, firstFailure }]))) return;
    }
    if (this.over?.ended === true) call.write({ ended: true });
  }
}

function filterOf({ level, worker, rank, sinceMs }: LogsRequestSeen): LogFilter {
  // Null where they were not sent.
  const [ofWorker, ofRank] = [worker, rank] as (number | null)[];
  return {
    level: (LOG_LEVELS as readonly string[]).includes(level) ? (level as LogLevel) : null,
    ...{ worker: ofWorker, rank: ofRank, sinceMs },
  };
}
