// OUT/events.jsonl: a line for each event, whatever a crash has left at its end.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEventFile } from '../../src/coordinator/event-file.js';
import { storedEvent } from '../../src/coordinator/stored-event.js';
import { scratch } from './harness.js';

const linesOf = (out: string): string[] => readFileSync(join(out, 'events.jsonl'), 'utf8').split('\n');

it('has the run, the time and what has happened, one event a line', () => {
  const out = scratch();
  const note = openEventFile(out);
  note(storedEvent('r', { kind: 'notice', text: 'one' }));
  note(storedEvent('r', { kind: 'saved', step: 2, path: 'step-2' }));
  const [first, second, rest] = linesOf(out);
  expect(JSON.parse(first)).toEqual({ run: 'r', time: expect.any(String) as string, kind: 'notice', text: 'one' });
  expect(Math.abs(Date.parse((JSON.parse(second) as { time: string }).time) - Date.now())).toBeLessThan(60_000);
  expect(rest).toBe('');
});

it('goes on below what is there, and below a line that was cut short', () => {
  const out = scratch();
  openEventFile(out)(storedEvent('r', { kind: 'notice', text: 'one' }));
  appendFileSync(join(out, 'events.jsonl'), '{"run":"r","ti');
  const note = openEventFile(out);
  note(storedEvent('r', { kind: 'notice', text: 'two' }));
  note(storedEvent('r', { kind: 'notice', text: 'three' }));
  const lines = linesOf(out);
  expect(lines).toHaveLength(5);
  expect(lines[1]).toBe('{"run":"r","ti');
  expect(lines.slice(2, 4).map((line) => (JSON.parse(line) as { text: string }).text)).toEqual(['two', 'three']);
});
