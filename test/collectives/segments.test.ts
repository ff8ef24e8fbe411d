import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  modulo,
  routeAllReduce,
  routeBroadcast,
  SEGMENT_ELEMENTS,
  type Route,
} from '../../src/collectives/segments.js';

/** The segments a rank sends, in order. */
function sends(route: Route): { begin: number; end: number }[] {
  return [...route.own, ...route.incoming.slice(0, route.forwarded)].map(({ begin, end }) => ({ begin, end }));
}

function receives(route: Route): { begin: number; end: number }[] {
  return route.incoming.map(({ begin, end }) => ({ begin, end }));
}

/** Which ranks' numbers each element holds in the end, in the order in which they were added. */
function simulate(routes: Route[], length: number): string[][] {
  const values = routes.map((_, rank) => Array.from({ length }, () => `${rank}`));
  const sent = routes.map(() => 0);
  const received = routes.map(() => 0);
  for (let moved = true; moved;) {
    moved = false;
    routes.forEach((route, rank) => {
      const next = modulo(rank + 1, routes.length);
      const segment = sends(route).at(sent[rank]);
      if (segment === undefined || sent[rank] >= route.own.length + received[rank]) return;
      for (let i = segment.begin; i < segment.end; i++) {
        const added = received[next] < routes[next].added;
        values[next][i] = added ? `${values[rank][i]}+${values[next][i]}` : values[rank][i];
      }
      sent[rank]++;
      received[next]++;
      moved = true;
    });
  }
  return values;
}

const world = fc.integer({ min: 2, max: 7 });
const length = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 4 * SEGMENT_ELEMENTS }));

it('a rank sends exactly what its successor expects, in the same order', () => {
  fc.assert(
    fc.property(world, length, fc.nat(), (world, length, rootSeed) => {
      const ranks = Array.from({ length: world }, (_, rank) => rank);
      const all = ranks.map((rank) => routeAllReduce(length, rank, world));
      const broadcast = ranks.map((rank) => routeBroadcast(length, rank, world, rootSeed % world));
      for (const routes of [all, broadcast]) {
        for (const rank of ranks) expect(sends(routes[rank])).toEqual(receives(routes[modulo(rank + 1, world)]));
      }
    }),
    { numRuns: 50 },
  );
});

it('an all-reduce adds every rank once, in the order of the ring, and gives all ranks the same', () => {
  fc.assert(
    fc.property(world, fc.integer({ min: 0, max: 20 }), (world, length) => {
      const ranks = Array.from({ length: world }, (_, rank) => rank);
      const [first, ...others] = simulate(
        ranks.map((rank) => routeAllReduce(length, rank, world)),
        length,
      );
      for (const other of others) expect(other).toEqual(first);
      for (const sum of first) {
        const terms = sum.split('+').map(Number);
        expect(terms).toEqual(ranks.map((_, position) => modulo(terms[0] + position, world)));
      }
    }),
  );
});

it('a broadcast leaves every rank with what the root had', () => {
  for (const root of [0, 1, 2]) {
    const routes = [0, 1, 2].map((rank) => routeBroadcast(4, rank, 3, root));
    for (const values of simulate(routes, 4)) expect(values).toEqual(Array(4).fill(`${root}`));
  }
});

it('segments are bounded', () => {
  const { own, incoming } = routeAllReduce(10 * SEGMENT_ELEMENTS + 3, 1, 3);
  for (const { begin, end } of [...own, ...incoming]) expect(end - begin).toBeLessThanOrEqual(SEGMENT_ELEMENTS);
});
