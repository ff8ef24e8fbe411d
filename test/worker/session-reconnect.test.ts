/** A worker that looks for its coordinator: to join, and when it is lost. */
import { describe, expect, it } from 'vitest';
import type { Abort, Holding } from '../../src/worker/session.js';
import { HEARTBEAT_MS, scriptConfig, type ScriptedCoordinator } from './scripted-coordinator.js';
import {
  assign,
  assigned,
  commit,
  coordinator,
  join,
  joined,
  over,
  report,
  rows,
  serving,
} from './scripted-session.js';

/** Waits for the stream of a worker that has lost its coordinator; what it says of itself. */
async function rejoining(script: ScriptedCoordinator) {
  const stream = await script.nextStream();
  const { rejoin, ...own } = await stream.hears('join');
  return { stream, rejoin: rejoin!, own };
}

const held: Holding = { step: 3, report: report(0.5) };

describe('a coordinator that is lost', () => {
  it('and comes back is told what the worker holds, once nothing is under way', async () => {
    const { script, session, assignment } = await serving();
    const gathering = session.gather(assignment, 3, rows());
    await script.nextGather();
    await script.kill();
    await expect(gathering).rejects.toMatchObject({ code: 'MLIP_E_COORDINATOR_LOST' });
    expect(assignment.over.aborted).toBe(true);
    const again = await coordinator(script.port);
    session.rest(held);
    const waiting = session.next();
    const { stream, rejoin, own } = await rejoining(again);
    expect(own).toMatchObject({ host: '127.0.0.1', port: 9000 });
    expect(rejoin).toMatchObject({
      ...{ runId: 'run', worker: 3, generation: 1, ready: { rows: 60, dataHash: 'd' } },
      holding: { step: 3, report: { losses: { loss: 0.5 }, rows: [4, 5] } },
    });
    stream.welcomes({ generation: 2 });
    stream.says({ halt: { generation: 2 } });
    expect(await stream.hears('halted')).toMatchObject({ generation: 2, holding: { step: 3 } });
    stream.says(assign(2, 3));
    expect(await waiting).toMatchObject({ generation: 2, step: 3 });
  });

  it.each(['rests', 'waits after a commit'])('is looked for by a worker that %s', async (when) => {
    const { script, session, assignment } = await serving();
    if (when === 'rests') {
      session.rest(held);
      const waiting = session.next();
      await script.kill();
      const { stream, rejoin } = await rejoining(await coordinator(script.port));
      expect(rejoin.holding).toMatchObject({ step: 3 });
      stream.welcomes({ generation: 1 });
      stream.says(assign(2));
      expect(await waiting).toMatchObject({ generation: 2 });
    } else {
      const committing = commit(session, assignment, 0);
      await script.kill();
      await expect(committing).rejects.toMatchObject({ code: 'MLIP_E_COORDINATOR_LOST' });
      session.rest({ step: 1, report: undefined });
      const { rejoin } = await rejoining(await coordinator(script.port));
      expect(rejoin.holding).toMatchObject({ step: 1, report: null });
    }
  });

  it('since it is frozen, not closed, is noticed and left', async () => {
    const { script, stream, session, assignment } = await serving();
    const other = await coordinator();
    script.freeze();
    await over(assignment);
    await stream.closed;
    expect(assignment.over.reason).toMatchObject({
      code: 'MLIP_E_COORDINATOR_LOST',
      message: 'the coordinator does not react any more',
    });
    expect(session.ended.aborted).toBe(false);
    await other.kill();
  });

  it('is not mistaken for one by a worker that was itself stopped for long', async () => {
    const { session, stream, assignment } = await serving();
    const until = performance.now() + 12 * HEARTBEAT_MS;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 3 * HEARTBEAT_MS));
    expect(assignment.over.aborted).toBe(false);
    session.inPlace(assignment);
    await stream.hears('inPlace');
  });

  it('of another run or of an older generation is passed over for the right one', async () => {
    const first = await coordinator();
    const second = await coordinator();
    const joining = join(`${first.address},${second.address}`);
    const stream = await first.nextStream();
    await stream.hears('join');
    stream.welcomes({ generation: 7 });
    const session = await joining;
    session.ready({ rows: 60, dataHash: 'd' });
    await first.kill();
    const wrong = [await rejoining(second), undefined, undefined];
    wrong[0]!.stream.welcomes({ runId: 'another', generation: 9 });
    await wrong[0]!.stream.closed;
    wrong[1] = await rejoining(second);
    wrong[1].stream.welcomes({ generation: 6 });
    await wrong[1].stream.closed;
    wrong[2] = await rejoining(second);
    wrong[2].stream.refuses('MLIP_E_RUN_CLOSED');
    const right = await rejoining(second);
    right.stream.welcomes({ generation: 7 });
    right.stream.says(assign(8));
    expect(await session.next()).toMatchObject({ generation: 8 });
    session.abandon();
    await session.close();
  });

  it('is told by the next one what was said meanwhile', async () => {
    const { script, session } = await joined();
    await script.kill();
    const again = await coordinator(script.port);
    const { stream, rejoin } = await rejoining(again);
    expect(rejoin.ready).toBeNull();
    session.ready({ rows: 60, dataHash: 'd' });
    session.leave();
    stream.welcomes();
    expect(await stream.hears('ready')).toMatchObject({ rows: 60 });
    await stream.hears('leave');
  });

  it.each([
    [3, [3, 5], 0],
    [3, [1, 2, 3, 7], 2],
  ])('for good ends the run; worker %i of %j saves, after %i others', async (_, numbers, turn) => {
    const script = await coordinator();
    const joining = join(script.address);
    const stream = await script.nextStream();
    await stream.hears('join');
    const config = scriptConfig();
    stream.welcomes({ config: JSON.stringify({ ...config, timeouts: { ...config.timeouts, reconnectMs: 300 } }) });
    const session = await joining;
    const peers = numbers.map((worker, port) => ({ worker, host: 'a', port }));
    stream.says({ assign: { generation: 1, rank: 0, peers, boundaries: numbers.concat(7), step: 0, steps: 9 } });
    const assignment = await assigned(session);
    const aborts: Abort[] = [];
    session.onAbort((abort) => aborts.push(abort));
    await script.kill();
    await over(assignment);
    session.rest({ step: 0, report: undefined });
    await expect(session.next()).rejects.toMatchObject({ code: 'MLIP_E_COORDINATOR_LOST' });
    expect(aborts).toMatchObject([{ save: true, turn }]);
    await session.close();
  });
});

describe('joining', () => {
  it('goes on until a coordinator is there, whichever of several it is', async () => {
    const reserved = await coordinator();
    await reserved.kill();
    const joining = join(`127.0.0.1:1,${reserved.address}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const script = await coordinator(reserved.port);
    const stream = await script.nextStream();
    expect((await stream.hears('join')).rejoin).toBeNull();
    stream.welcomes({ worker: 12 });
    const session = await joining;
    expect(session.worker).toBe(12);
    session.abandon();
    await session.close();
  });

  it('looks up anew where coordinators are', async () => {
    const script = await coordinator();
    let lookups = 0;
    const find = async (): Promise<string[]> => {
      lookups += 1;
      if (lookups === 1) throw new Error('no lease');
      return lookups === 2 ? [] : [script.address];
    };
    const joining = join('127.0.0.1:1', { find });
    const stream = await script.nextStream();
    stream.welcomes();
    const session = await joining;
    session.abandon();
    await session.close();
  });

  it('that is called off while a coordinator takes the worker takes no part', async () => {
    const script = await coordinator();
    const calledOff = new AbortController();
    const unwanted = join(script.address, { signal: calledOff.signal });
    const stream = await script.nextStream();
    await stream.hears('join');
    calledOff.abort(new Error('never mind'));
    stream.welcomes();
    await expect(unwanted).rejects.toThrow('never mind');
    await stream.closed;
  });

  it('ends where it is refused, called off, or in vain', async () => {
    const script = await coordinator();
    const refused = join(script.address);
    (await script.nextStream()).refuses('MLIP_E_RPC_VERSION');
    await expect(refused).rejects.toMatchObject({ code: 'MLIP_E_RPC_VERSION' });
    const calledOff = new AbortController();
    const unwanted = join('127.0.0.1:1', { signal: calledOff.signal });
    calledOff.abort(new Error('never mind'));
    await expect(unwanted).rejects.toThrow('never mind');
    await expect(join('127.0.0.1:1', { timeouts: { connectMs: 200 } })).rejects.toMatchObject({
      code: 'MLIP_E_RPC_UNREACHABLE',
      message: 'no coordinator answered within 0.2 s',
      where: expect.stringContaining('127.0.0.1:1') as string,
    });
  });
});
