/**
 * How a long command goes, on stderr: one line that is redrawn in place on a terminal, else a plain line every ten
 * seconds, so that log files are not flooded. Other lines are printed above it.
 */

const PLAIN_INTERVAL_MS = 10_000;
const CLEAR_LINE = '\r\x1b[K';

/** A terminal or a file; process.stderr is one. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

export interface StatusLine {
  /** @param due prints it on a plain screen even if the last line is recent. */
  show: (text: string, due?: boolean) => void;
  /** Another line, printed above. */
  note: (text: string) => void;
  /** Leaves the last state on the screen. */
  end: () => void;
}

/** @param now milliseconds; a parameter so that tests need not wait. */
export function createStatusLine(screen: Screen = process.stderr, now: () => number = Date.now): StatusLine {
  return screen.isTTY ? redrawn(screen) : plain(screen, now);
}

function redrawn(screen: Screen): StatusLine {
  let shown: string | undefined;
  const draw = (): unknown => shown !== undefined && screen.write(CLEAR_LINE + cut(shown, screen.columns ?? 80));
  return {
    show(text) {
      shown = text;
      draw();
    },
    note(text) {
      screen.write(`${shown === undefined ? '' : CLEAR_LINE}${text}\n`);
      draw();
    },
    end() {
      if (shown !== undefined) screen.write('\n');
      shown = undefined;
    },
  };
}

function plain(screen: Screen, now: () => number): StatusLine {
  let printedAt = now();
  const note = (text: string): unknown => screen.write(`${text}\n`);
  return {
    show(text, due = false) {
      if (!due && now() - printedAt < PLAIN_INTERVAL_MS) return;
      printedAt = now();
      note(text);
    },
    note,
    end: () => undefined,
  };
}

/** Cuts to the width of the screen, escape sequences of colours not counted; a wrapped line could not be redrawn. */
export function cut(text: string, columns: number): string {
  let visible = 0;
  // eslint-disable-next-line no-control-regex
  return text.replace(/\x1b\[\d+m|[^]/gu, (part) => (part.startsWith('\x1b') || ++visible < columns ? part : ''));
}
