/** How a training run goes: a bar on a terminal, else a plain line every ten seconds. */
import type { Logger } from '../../core/log.js';
import type { MetricsLine } from '../../rpc/run-events.js';
import { createStatusLine, type Screen } from '../status-line.js';
import { colours } from '../terminal.js';

const BAR_WIDTH = 24;

export interface Progress {
  /** @param steps of the whole run. */
  start: (steps: number) => void;
  step: (line: MetricsLine) => void;
  /** Another line, printed above the bar. */
  note: (text: string) => void;
  /** Leaves the last state on the screen. */
  end: () => void;
}

/** Progress as log lines of JSON, for `MLIP_LOG=json`. */
export function jsonProgress(log: Logger): Progress {
  return {
    note: (text) => (text.startsWith('{') ? process.stderr.write(`${text}\n`) : log.info(text)),
    end: () => undefined,
    start: () => undefined,
    step: ({ step, loss, pairs_per_second, data_wait, comm_wait }) =>
      log.info('step', { step, loss, pairs_per_second, data_wait, comm_wait }),
  };
}

/** @param now milliseconds; a parameter so that tests need not wait. */
export function createProgress(screen: Screen = process.stderr, now: () => number = Date.now): Progress {
  const line = createStatusLine(screen, now);
  const secondsLeft = createPace(now);
  let steps = 0;
  let first = true;
  return {
    note: line.note,
    end: line.end,
    start: (total) => (steps = total),
    step(metrics) {
      const text = describeStep(metrics, steps, secondsLeft(metrics.step, steps));
      line.show(screen.isTTY ? `${bar(metrics.step / steps)} ${text}` : text, first || metrics.step === steps);
      first = false;
    },
  };
}

/** `step 12/100  loss 3.2142  85.1 pairs/s  data wait 3%  comm wait 10%  1m05s left` */
export function describeStep(line: MetricsLine, steps: number, secondsLeft: number | undefined): string {
  const percent = (share: number): string => `${Math.round(share * 100)}%`;
  const parts = [
    `step ${line.step}/${steps}`,
    `loss ${line.loss.toFixed(4)}`,
    `${line.pairs_per_second.toFixed(1)} pairs/s`,
    `data wait ${percent(line.data_wait)}`,
    `comm wait ${percent(line.comm_wait)}`,
  ];
  return [...parts, ...(secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft)} left`])].join('  ');
}

/** `42s`, `3m05s`, `2h10m`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}

function bar(share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  return colours.cyan('█'.repeat(full)) + colours.dim('░'.repeat(BAR_WIDTH - full));
}

/** Estimates the seconds left from all steps but the first, which compiles; undefined until there is a second one. */
function createPace(now: () => number): (step: number, steps: number) => number | undefined {
  let first: { step: number; at: number } | undefined;
  return (step, steps) => {
    first ??= { step, at: now() };
    if (step === first.step) return undefined;
    return ((now() - first.at) / 1000 / (step - first.step)) * (steps - step);
  };
}
