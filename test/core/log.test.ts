// Log lines: for people, as JSON, with what a logger knows of its place, and for others beside the terminal.
import { expect, it } from 'vitest';
import { createLogger, type LogRecord } from '../../src/core/log.js';
import { redactor } from '../../src/security/redact.js';

function recorded(options: { json?: boolean; colours?: boolean; level?: 'warn' } = {}) {
  const lines: string[] = [];
  return { lines, log: createLogger({ name: 'worker 3', write: (line) => lines.push(line), ...options }) };
}

it('JSON lines have the place of the logger as it is when they are written', () => {
  const { lines, log } = recorded({ json: true });
  let step = 1;
  const placed = log.with({ run: 'r', worker: 3 }).with(() => ({ step }));
  placed.info('first');
  step = 2;
  placed.error('second', { code: 'MLIP_E_DATA_IMAGES' });
  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(first).toEqual({
    ...{ time: expect.any(String) as string, level: 'info', name: 'worker 3', message: 'first' },
    ...{ run: 'r', worker: 3, step: 1 },
  });
  expect(second).toMatchObject({ level: 'error', step: 2, code: 'MLIP_E_DATA_IMAGES' });
});

it('no field takes the place of time, level, name or message', () => {
  const { lines, log } = recorded({ json: true });
  log.info('true', { message: 'false', level: 'error', name: 'coordinator', time: 'never' });
  expect(JSON.parse(lines[0])).toMatchObject({ level: 'info', name: 'worker 3', message: 'true' });
});

it('plain lines have no colours, and leave out the place', () => {
  const { lines, log } = recorded();
  log.with({ run: 'r' }).warn('something', { bytes: 3, nothing: undefined });
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn worker 3: something bytes=3$/);
});

it('a terminal gets colours', () => {
  const { lines, log } = recorded({ colours: true });
  log.error('something');
  expect(lines[0]).toContain('\u001b[31merror\u001b[39m');
});

it('what others have written moves no cursor and begins no line of its own', () => {
  const { lines, log } = recorded();
  log.info('a\u001b[2Jb\rc\u202ed\n12:00:00 error coordinator: forged', { path: 'x\ny\u009b' });
  expect(lines[0]).toContain('a\\u001b[2Jb\\u000dc\\u202ed\n    12:00:00 error coordinator: forged path=x\\ny\\u009b');
});

it('hands lines from info up to others, also those that are not printed', () => {
  const { lines, log } = recorded({ level: 'warn' });
  const taken: LogRecord[] = [];
  const both = log.also((record) => taken.push(record)).with({ rank: 1 });
  both.debug('a');
  both.info('b');
  both.warn('c');
  expect(lines).toHaveLength(1);
  expect(taken.map(({ message, context }) => [message, context])).toEqual([
    ['b', { rank: 1 }],
    ['c', { rank: 1 }],
  ]);
});

it('secrets and passwords within addresses are taken out, also where they stand in JSON', () => {
  const redact = redactor(['s3cret"token-value', '']);
  const text = JSON.stringify({ a: 's3cret"token-value', url: 'nats://user:pass@host:4222' });
  expect(JSON.parse(redact(text))).toEqual({ a: '[hidden]', url: 'nats://user:[hidden]@host:4222' });
  expect(redact('nothing http://host:80/a@b')).toBe('nothing http://host:80/a@b');
});
