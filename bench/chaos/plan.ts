/**
 * The disturbances of a run: a pure function of a seed. What they hit is decided when they happen, from the numbers drawn here,
 * since who is there then depends on what happened before.
 */
import { type Random, random } from '../../src/core/random.js';
import { ALL_KINDS, factsOf, happensWith, type Kind, type StoreKind } from './kinds.js';

export interface Disturbance {
  readonly kind: Kind;
  /** Happens so long after that many steps are applied: in any phase of the steps that follow. */
  readonly afterStep: number;
  readonly delayMs: number;
  readonly lastsMs: number;
  /** In [0, 1): which of those that it can hit. */
  readonly target: number;
}

export interface PlanOptions {
  readonly seed: number;
  /** Of the run. */
  readonly steps: number;
  readonly count: number;
  readonly store: StoreKind;
  /** What it is drawn from; all kinds where it is left out. Each comes before one comes a second time. */
  readonly kinds?: readonly Kind[];
}

/** Steps at the end that nothing is planned for, so that all of it happens before the run is over. */
const QUIET_SHARE = 0.2;
const MAX_DELAY_MS = 700;

export function planDisturbances(options: PlanOptions): Disturbance[] {
  const draw = random(options.seed, 'chaos');
  const kinds = drawKinds(options, draw);
  const last = Math.max(1, Math.floor(options.steps * (1 - QUIET_SHARE)));
  return kinds.map((kind, index) => {
    const [shortest, longest] = factsOf(kind).lastsMs;
    return {
      kind,
      afterStep: 1 + Math.floor(((index + draw.uniform()) / kinds.length) * last),
      delayMs: draw.integer(MAX_DELAY_MS),
      lastsMs: shortest + draw.integer(longest - shortest + 1),
      target: draw.uniform(),
    };
  });
}

/** Decks are shuffled and laid one upon the other; the first has each kind once. */
function drawKinds({ count, store, kinds = ALL_KINDS }: PlanOptions, draw: Random): Kind[] {
  const possible = kinds.filter((kind) => happensWith(kind, store));
  if (possible.length === 0) throw new Error(`no kind of disturbance happens with the store ${store}`);
  const drawn = shuffle(possible, draw);
  const deck = possible.flatMap((kind) => Array.from({ length: factsOf(kind).weight }, () => kind));
  while (drawn.length < count) drawn.push(...shuffle(deck, draw));
  return drawn.slice(0, count);
}

function shuffle<T>(items: readonly T[], draw: Random): T[] {
  return Array.from(draw.permutation(items.length), (index) => items[index]);
}
