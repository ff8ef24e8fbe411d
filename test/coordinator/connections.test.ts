// The control streams of workers, without a network.
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { Connections, type SessionCall } from '../../src/coordinator/connections.js';

it('a pulse goes to each member once in so many turns, however many members there are', () => {
  const connections = new Connections(() => undefined);
  const heard = new Map<number, number[]>();
  for (const [id, worker] of [0, 1, 2, 5, 8, 13].entries()) {
    heard.set(worker, []);
    connections.receive(callThatHears((turn) => heard.get(worker)!.push(turn)));
    connections.accept(id, worker);
  }
  for (const turn of [0, 1, 2, 3]) connections.sendInTurn({ pulse: { generation: turn } }, turn, 4);
  expect(Object.fromEntries(heard)).toEqual({ 0: [0], 1: [1], 2: [2], 5: [1], 8: [0], 13: [1] });
});

function callThatHears(note: (generation: number) => void): SessionCall {
  const call = new EventEmitter() as EventEmitter & Pick<SessionCall, 'write' | 'end'>;
  return Object.assign(call, {
    end: () => call,
    write: (message: { pulse: { generation: number } }) => {
      note(message.pulse.generation);
      return true;
    },
  }) as unknown as SessionCall;
}
