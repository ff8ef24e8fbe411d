/** Whoever is killed and in whatever order messages arrive, a run that goes on ends as if nothing had happened. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunOrder } from '../../src/coordinator/events.js';
import { STEPS, Simulation } from './simulation.js';

const RUNS = Number(process.env['MLIP_RUNS'] ?? 1_000);

/** What happens next. Mostly somebody does something; `draw` says who and what. */
interface Move {
  kind: 'act' | 'kill' | 'spawn' | 'cut' | 'leave' | 'restart' | 'crash' | 'pass' | RunOrder['kind'];
  draw: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 60, arbitrary: fc.constant('act' as const) },
    { weight: 2, arbitrary: fc.constantFrom('spawn' as const, 'kill' as const, 'cut' as const) },
    { weight: 2, arbitrary: fc.constantFrom('pause' as const, 'resume' as const, 'drain' as const, 'scale' as const) },
    { weight: 1, arbitrary: fc.constantFrom('leave' as const, 'restart' as const, 'crash' as const, 'pass' as const) },
  ),
  draw: fc.nat(10_000),
});

function obey(run: Simulation, { kind, draw }: Move): void {
  const workers = [...run.workers];
  const pick = <T>(list: readonly T[]): T | undefined => list[draw % Math.max(list.length, 1)];
  switch (kind) {
    case 'spawn':
      return workers.length < 6 ? run.spawn() : undefined;
    case 'restart':
      return run.restart();
    case 'pass':
      return run.pass(250 * (1 + (draw % 12)));
    case 'pause':
    case 'resume':
    case 'drain':
    case 'scale':
      return run.order(orderOf(kind, draw, run.generation));
    default: {
      const isDisturbed = kind === 'kill' || kind === 'cut' || kind === 'leave';
      const worker = pick(isDisturbed ? workers : run.busy());
      if (worker === undefined) return run.pass(250);
      if (isDisturbed) return run[kind](worker);
      return run.act(worker, Math.floor(draw / 7), kind === 'crash' ? draw % 4 : undefined);
    }
  }
}

function orderOf(kind: 'pause' | 'resume' | 'drain' | 'scale', draw: number, now: number): RunOrder {
  if (kind === 'scale') return { kind, workers: 1 + (draw % 5), lets: draw % 2 === 0 ? 'go' : 'stay' };
  if (kind !== 'drain') return { kind };
  // Some come too late.
  const generation = draw % 3 === 0 ? now - 1 : now;
  return { kind, worker: draw % 6, generation, force: draw % 4 === 0 };
}

/** From now on nothing bad happens; there is always a worker, and nobody wants a pause. */
function calmDown(run: Simulation): void {
  if (run.outcome === null) run.order({ kind: 'resume' });
  for (let turn = 0; run.outcome === null && turn < 20_000; turn++) {
    if (run.workers.size === 0) run.spawn();
    const [worker] = run.busy();
    if (worker === undefined) run.pass(1_000);
    else run.act(worker, turn);
  }
}

function play(moves: readonly Move[]): Simulation {
  const run = new Simulation();
  for (let i = 0; i < 3; i++) run.spawn();
  for (const next of moves) if (run.outcome === null) obey(run, next);
  calmDown(run);
  return run;
}

describe('a run in which workers and coordinators are killed, join, leave, are drained and paused at random', () => {
  it('applies every step once, on the state of the step before, and finishes', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 400, size: 'max' }), (moves) => {
        const { outcome, recorded } = play(moves);
        expect(outcome).toMatchObject({ kind: 'finished' });
        expect(recorded).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  it('finishes without any disturbance', () => {
    const { recorded, checkpoints } = play([]);
    expect(recorded).toHaveLength(STEPS);
    expect([...checkpoints]).toEqual([4, 8]);
  });
});
