// Whatever a worker says beside the run, its coordinator goes on, and its log stays lines of JSON.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseLine } from '../../src/coordinator/logs/log-filter.js';
import { logFiles } from '../../src/coordinator/logs/log-files.js';
import { RunLog } from '../../src/coordinator/logs/run-log.js';
import { initialState } from '../../src/coordinator/initial-state.js';
import { Observer } from '../../src/coordinator/observer.js';
import { runSettings } from '../../src/coordinator/run-settings.js';
import { checkFields } from '../../src/rpc/incoming-fields.js';
import { type WorkerMessage, methods } from '../../src/rpc/service.js';
import { scratch, testConfig } from './harness.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '{', '[1]', 'null', '{"a":{"b":1}}'),
);
const real = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -1, 1e300, 0));
const count = fc.oneof(fc.nat(5), fc.constantFrom(0xffffffff));
const line = fc.record({
  timeMs: real,
  level: text,
  message: text,
  rank: count,
  step: count,
  generation: count,
  fields: text,
});
const span = fc.record({ name: text, track: text, startMs: real, durationMs: real });
const message: fc.Arbitrary<WorkerMessage> = fc.oneof(
  fc.record({ logs: fc.record({ lines: fc.array(line, { maxLength: 5 }), dropped: count }) }),
  fc.record({
    timings: fc.record({ step: count, generation: count, rank: count, spans: fc.array(span, { maxLength: 300 }) }),
  }),
  fc.record({ inspected: fc.record({ request: count, report: text }) }),
  fc.record({ heartbeat: fc.record({ sentMs: real, pulseSentMs: real, pulseAgeMs: real }) }),
);

it('for any message', async () => {
  const out = scratch();
  const runLog = new RunLog('run-1');
  runLog.open(out, [], () => true);
  const settings = runSettings({
    ...{ config: testConfig(), out, workers: 1, submission: '' },
    resume: null,
    record: null,
  });
  const state = initialState(settings, 0, null);
  const notices: string[] = [];
  const observer = new Observer({
    ...{ out, runLog, tracer: null, state: () => state, timeSteps: () => undefined, inspect: () => undefined },
    notice: (said) => notices.push(said),
  });
  let taken = 0;
  fc.assert(
    fc.property(message, fc.nat(3), (sent, worker) => {
      const seen = methods.session.requestDeserialize(methods.session.requestSerialize(sent));
      try {
        checkFields(seen);
      } catch {
        // The guard before the call has refused it.
        return;
      }
      taken += 1;
      // A heartbeat is of the run, too.
      expect(observer.hears(worker, seen)).toBe(sent.heartbeat === undefined);
    }),
    { numRuns: 2_000 },
  );
  await runLog.close(5_000);
  expect(taken).toBeGreaterThan(200);
  expect(notices.every((said) => /^the clock of worker \d on /.test(said))).toBe(true);
  const lines = logFiles(out).flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n'));
  expect(existsSync(out) && lines.length).toBeGreaterThan(50);
  expect(lines.filter((found) => parseLine(found) === null)).toEqual([]);
});
