/** Whatever happens in whatever order, the state machine keeps its promises. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CoordinatorEvent, Effect } from '../../src/coordinator/events.js';
import { type RunSettings, type RunState, initialState } from '../../src/coordinator/state.js';
import { statusOf } from '../../src/coordinator/status.js';
import { step } from '../../src/coordinator/step.js';
import { PROTOCOL, mlipVersion } from '../../src/rpc/protocol.js';

const WORLD = 3;
const settings: RunSettings = {
  ...{ runId: 'r', out: '/out', world: WORLD, configJson: '{}', batchSize: 6, microBatchSize: 2, epochs: 1, steps: 4 },
  ...{ saveEverySteps: 2, resume: null },
  timeouts: { joinMs: 2_000, heartbeatMs: 500, stepMs: 1_000, dataMs: 500 },
};
const failure = { code: 'MLIP_E_TEST', message: 'm', where: '', remedy: '' };
const worker = { protocol: PROTOCOL, version: mlipVersion, host: 'h', port: 1, pid: 1, device: 'cpu' };
const report = { whole: { loss: 1 }, learningRate: 1, gradNorm: 1, dataWaitSeconds: 0, commWaitSeconds: 0 };

/** What may happen next; `step` and `generation` are mostly right, and sometimes not. */
type Draw = {
  kind: CoordinatorEvent['kind'];
  rank: number;
  offset: number;
  generation: number;
  flag: boolean;
  ms: number;
};

const draw: fc.Arbitrary<Draw> = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('contribution' as const, 'commit' as const, 'loaded' as const) },
    { weight: 4, arbitrary: fc.constantFrom('heartbeat' as const, 'tick' as const, 'join' as const, 'saved' as const) },
    { weight: 1, arbitrary: fc.constantFrom('failed' as const, 'closed' as const, 'stop' as const, 'broken' as const) },
  ),
  rank: fc.integer({ min: 0, max: WORLD }),
  offset: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.constantFrom(-1, 1)),
  generation: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2)),
  flag: fc.boolean(),
  ms: fc.oneof({ weight: 5, arbitrary: fc.constant(5) }, fc.constantFrom(50, 400, 1_500)),
});

function eventOf({ kind, rank, offset, generation, flag }: Draw, state: RunState, nowMs: number): CoordinatorEvent {
  const place = { rank, generation, step: Math.max(state.step + offset, 0) };
  const events: Record<CoordinatorEvent['kind'], CoordinatorEvent> = {
    join: { kind: 'join', nowMs, connection: nowMs, worker },
    loaded: { kind: 'loaded', nowMs, rank, rows: 24, dataHash: 'd', parametersHash: 'p' },
    heartbeat: { kind: 'heartbeat', nowMs, rank },
    contribution: { kind: 'contribution', nowMs, ...place, tensors: [{ name: 'x', rows: 2, rowBytes: 4 }] },
    commit: { kind: 'commit', nowMs, ...place, report },
    saved: { kind: 'saved', nowMs, rank, step: place.step, path: `step-${place.step}` },
    failed: { kind: 'failed', nowMs, rank, failure, secondary: flag, stateIntact: offset === 0 },
    closed: { kind: 'closed', nowMs, rank },
    stop: { kind: 'stop', nowMs },
    broken: { kind: 'broken', nowMs, failure },
    tick: { kind: 'tick', nowMs },
  };
  return events[kind];
}

/** A state that is changed in place throws. */
function freeze(state: RunState): RunState {
  state.members.forEach(Object.freeze);
  Object.freeze(state.members);
  return Object.freeze(state);
}

/** Plays until time has run out for every wait, so that the run must have come to its end. */
function play(draws: readonly Draw[]): { state: RunState; effects: Effect[] } {
  let state = initialState(settings, 0);
  const effects: Effect[] = [];
  let nowMs = 0;
  const feed = (event: CoordinatorEvent): void => {
    const next = step(freeze(state), event);
    state = next.state;
    effects.push(...next.effects);
    expect(typeof statusOf(state, nowMs).reason).toBe('string');
  };
  for (const drawn of draws) {
    nowMs += drawn.ms;
    feed(eventOf(drawn, state, nowMs));
  }
  for (const until = nowMs + 20_000; nowMs < until;) {
    nowMs += 250;
    feed({ kind: 'tick', nowMs });
  }
  return { state, effects };
}

function count(effects: readonly Effect[], kind: Effect['kind']): number {
  return effects.filter((effect) => effect.kind === kind).length;
}

describe('the state machine, whatever happens', () => {
  const games = fc.array(draw, { maxLength: 120 });

  it('ends exactly once, changes no state in place, and sends nothing after the end', () => {
    fc.assert(
      fc.property(games, (draws) => {
        const { state, effects } = play(draws);
        expect(state.phase).toBe('ended');
        expect(count(effects, 'end')).toBe(1);
        const end = effects.findIndex(({ kind }) => kind === 'end');
        const after = effects.slice(end + 1).filter(({ kind }) => kind !== 'refuse' && kind !== 'refuseContribution');
        expect(after).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('records each step once and in order, and tells every rank the same next step', () => {
    fc.assert(
      fc.property(games, (draws) => {
        const { effects } = play(draws);
        const lines = effects.flatMap((effect) => (effect.kind === 'record' ? [effect.line.step] : []));
        expect(lines).toEqual(lines.map((_, index) => index + 1));
        const told = effects.flatMap((effect) =>
          effect.kind === 'send' && effect.message.directive ? [[effect.rank, effect.message.directive.nextStep]] : [],
        );
        expect(told).toEqual(told.map((_, index) => [index % WORLD, Math.floor(index / WORLD) + 1]));
      }),
      { numRuns: 200 },
    );
  });

  it('says goodbye once to every rank that is still there, and asks only such a rank for a checkpoint', () => {
    fc.assert(
      fc.property(games, (draws) => {
        const { state, effects } = play(draws);
        const goodbyes = effects.flatMap((e) => (e.kind === 'send' && e.message.finish ? [e.rank] : []));
        expect(new Set(goodbyes).size).toBe(goodbyes.length);
        const accepted = effects.flatMap((e) => (e.kind === 'accept' ? [e.rank] : []));
        expect(accepted).toEqual(state.members.map(({ rank }) => rank));
        for (const rank of goodbyes) expect(accepted).toContain(rank);
      }),
      { numRuns: 200 },
    );
  });
});
