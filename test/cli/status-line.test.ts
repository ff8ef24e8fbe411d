// What a long command shows of its progress, on a terminal and in a log file.
import { describe, expect, it } from 'vitest';
import { createProgress, formatDuration } from '../../src/cli/launch/progress.js';
import { createStatusLine, type Screen } from '../../src/cli/status-line.js';
import type { MetricsLine } from '../../src/rpc/run-events.js';

function record(isTTY: boolean, columns = 80): Screen & { text: string } {
  return {
    ...{ isTTY, columns, text: '' },
    write(part: string) {
      this.text += part;
    },
  };
}

/** What a terminal shows after the text: carriage returns and clears done. */
function rendered(text: string): string[] {
  return text.split('\n').map((line) => line.split('\r\x1b[K').at(-1)!);
}

const line: Omit<MetricsLine, 'step'> = {
  ...{ epoch: 0, loss: 3.25, lr: 1e-4, grad_norm: 1, world: 2, generation: 1 },
  ...{ pairs_per_second: 81.23, data_wait: 0.034, comm_wait: 0.1 },
};
const metrics = (step: number): MetricsLine => ({ ...line, step }) as MetricsLine;

describe('on a terminal', () => {
  it('the line is redrawn in place and other lines stand above it', () => {
    const screen = record(true);
    const status = createStatusLine(screen);
    status.show('1 of 3');
    status.note('a note');
    status.show('2 of 3');
    status.end();
    expect(rendered(screen.text)).toEqual(['a note', '2 of 3', '']);
  });

  it('a line is cut to the width, so that it can be redrawn', () => {
    const screen = record(true, 10);
    createStatusLine(screen).show('\x1b[36m0123456789abc\x1b[39m');
    expect(rendered(screen.text)).toEqual(['\x1b[36m012345678\x1b[39m']);
  });
});

describe('in a log file', () => {
  it('a line is printed every ten seconds, and at once where it is due', () => {
    let now = 0;
    const screen = record(false);
    const status = createStatusLine(screen, () => now);
    for (now = 0; now <= 25_000; now += 1_000) status.show(`at ${now}`);
    status.show('the last', true);
    status.end();
    expect(screen.text).toBe('at 10000\nat 20000\nthe last\n');
  });
});

describe('the progress of a run', () => {
  it('says step, loss, speed, waiting and the time left', () => {
    let now = 0;
    const screen = record(false);
    const progress = createProgress(screen, () => now);
    progress.start(100);
    progress.step(metrics(1));
    now = 20_000;
    progress.step(metrics(11));
    expect(screen.text.split('\n')).toEqual([
      'step 1/100  loss 3.2500  81.2 pairs/s  data wait 3%  comm wait 10%',
      'step 11/100  loss 3.2500  81.2 pairs/s  data wait 3%  comm wait 10%  2m58s left',
      '',
    ]);
  });

  it('always prints the last step', () => {
    const screen = record(false);
    const progress = createProgress(screen, () => 0);
    progress.start(3);
    for (const step of [1, 2, 3]) progress.step(metrics(step));
    expect(screen.text).toContain('step 3/3');
    expect(screen.text).not.toContain('step 2/3');
  });

  it('is a bar on a terminal', () => {
    const screen = record(true, 200);
    const progress = createProgress(screen, () => 0);
    progress.start(2);
    progress.step(metrics(1));
    expect(screen.text).toMatch(/█{12}.*░{12}.* step 1\/2/);
  });

  it.each([
    [0.4, '0s'],
    [59.6, '1m00s'],
    [125, '2m05s'],
    [7500, '2h05m'],
  ])('%d seconds are %s', (seconds, expected) => expect(formatDuration(seconds)).toBe(expected));
});
