/** A worker's session with a coordinator that says what the test tells it to: from joining to the end. */
import { describe, expect, it } from 'vitest';
import type { Abort, Assignment } from '../../src/worker/session.js';
import { HEARTBEAT_MS, scriptConfig } from './scripted-coordinator.js';
import { assign, assigned, commit, joined, report, rows, serving, PEERS } from './scripted-session.js';

describe('a session in order', () => {
  it('joins, says that it is ready, takes its place, gathers and commits until it is told to stop', async () => {
    const { script, stream, session, assignment } = await serving();
    expect(session).toMatchObject({ worker: 3, runId: 'run', out: '/out', checkpoint: '', config: scriptConfig() });
    expect(assignment).toMatchObject({
      ...{ generation: 1, rank: 1, boundaries: [0, 2, 3], step: 0, steps: 9 },
      source: { kind: 'load', checkpoint: '' },
    });
    expect(assignment.peers.map(({ worker, rank }) => [worker, rank])).toEqual([
      [1, 0],
      [3, 1],
    ]);
    session.inPlace(assignment);
    expect((await stream.hears('inPlace')).generation).toBe(1);

    const gathering = session.gather(assignment, 0, rows());
    const call = await script.nextGather();
    expect(call.place).toEqual({ rank: 1, generation: 1, step: 0 });
    call.answers([{ name: 'vision', rows: 6, width: 1, data: Float32Array.of(6, 5, 4, 3, 2, 1) }]);
    expect((await gathering).get('vision')).toEqual(Float32Array.of(6, 5, 4, 3, 2, 1));

    const committing = commit(session, assignment, 0);
    const said = await stream.hears('commit');
    expect(said).toMatchObject({ step: 0, generation: 1, phaseSeconds: { encode: 0.5 }, stateHash: '' });
    expect(said.report).toMatchObject({ losses: { loss: 1 }, gradNorm: 1, skipped: '' });
    // Rows and ranks come from rank 0 only.
    expect(said.report!.rows).toEqual([]);
    stream.says({ directive: { nextStep: 1, save: true, boundaries: [0, 1, 3] } });
    expect(await committing).toEqual({ kind: 'directive', save: true, stop: false, boundaries: [0, 1, 3] });
    session.saved(1, 'checkpoints/step-1');
    expect(await stream.hears('saved')).toMatchObject({ step: 1, path: 'checkpoints/step-1' });

    const last = commit(session, assignment, 1);
    await stream.hears('commit');
    stream.says({ directive: { nextStep: 2, stop: true } });
    expect(await last).toMatchObject({ stop: true });
    session.rest({ step: 2, report: report() });
    const ending = session.next();
    stream.says({ finish: {} });
    expect(await ending).toEqual({ kind: 'finish', again: false });
    expect(session.ended.aborted).toBe(true);
    expect(session.cause).toBeUndefined();
    await session.close();
    await stream.closed;
    expect(stream.left).toEqual([]);
  });

  it('tells all of a step from rank 0, and where each kind of state comes from', async () => {
    const { stream, session } = await joined();
    const first = { generation: 1, rank: 0, peers: PEERS, boundaries: [0, 3, 3], step: 4, steps: 9 };
    stream.says({ assign: first });
    const keeping = await assigned(session);
    expect(keeping.source).toEqual({ kind: 'keep' });
    const committing = commit(session, keeping, 4);
    expect((await stream.hears('commit')).report).toMatchObject({ rows: [4, 5], ranks: [0] });
    stream.says({ assign: { ...first, generation: 2, copyFrom: 0 } });
    const copying = await committing;
    expect(copying).toMatchObject({ generation: 2, source: { kind: 'copy', rank: 0 } });
    // Its predecessor has come to an end in order.
    expect(keeping.over.aborted).toBe(false);
    const next = commit(session, copying as Assignment, 4);
    stream.says({ assign: { ...first, generation: 3, load: { checkpoint: 'step-4' } } });
    expect(await next).toMatchObject({ source: { kind: 'load', checkpoint: 'step-4' } });
  });

  it('beats as often as it is told to', async () => {
    const { stream } = await joined();
    const before = stream.heartbeats;
    await new Promise((resolve) => setTimeout(resolve, 5 * HEARTBEAT_MS));
    expect(stream.heartbeats - before).toBeGreaterThan(1);
  });

  it('ends with the cause when the coordinator cannot mean what it assigns', async () => {
    const { stream, session } = await joined();
    stream.says({ assign: { generation: 1, rank: 2, peers: PEERS, boundaries: [0, 2, 3], step: 0, steps: 1 } });
    await expect(session.next()).rejects.toMatchObject({ code: 'MLIP_E_RPC_PROTOCOL' });
  });
});

describe('the end of a run', () => {
  it('by an abort rejects what is under way and what follows, and asks whom it asks for a checkpoint', async () => {
    const { script, stream, session, assignment } = await serving();
    const aborts: Abort[] = [];
    session.onAbort((abort) => aborts.push(abort));
    const asked = new Promise<Abort>((resolve) => session.onAbort((abort) => void (abort.save && resolve(abort))));
    const gathering = session.gather(assignment, 0, rows());
    await script.nextGather();
    const cause = { code: 'MLIP_E_DATA_IMAGES', message: 'broken', where: 'x', remedy: '' };
    stream.says({ abort: { cause } }, { abort: { cause: { ...cause, message: 'again' }, save: true } });
    await expect(gathering).rejects.toMatchObject({ code: 'MLIP_E_DATA_IMAGES', where: 'x' });
    await expect(session.next()).rejects.toMatchObject({ message: 'broken' });
    expect(session.cause).toMatchObject({ message: 'broken' });
    expect(await asked).toMatchObject({ cause: { message: 'again' } });
    expect(aborts).toHaveLength(2);
    session.saved(0, 'p');
    await stream.hears('saved');
    const closing = session.close();
    stream.says({ finish: {} });
    await closing;
  });

  it('comes with its last word where a worker asks to be let off', async () => {
    const { stream, session, assignment } = await serving();
    session.leave();
    await stream.hears('leave');
    const committing = commit(session, assignment, 0);
    await stream.hears('commit');
    stream.says({ finish: { again: true } });
    expect(await committing).toEqual({ kind: 'finish', again: true });
    expect(session).toMatchObject({ leaving: true, finish: { again: true } });
  });

  it('is at once for a worker that is told to go before it is ready', async () => {
    const { stream, session } = await joined();
    session.leave();
    expect(session).toMatchObject({ leaving: true, finish: { again: false } });
    expect(session.ended.aborted).toBe(true);
    await session.close();
    await stream.closed;
    expect(stream.left).toEqual([]);
  });

  it('is for the worker to make where it is not let off, unless it is to save', async () => {
    const { stream, session, assignment } = await serving();
    const stopping = commit(session, assignment, 0);
    await stream.hears('commit');
    stream.says({ directive: { nextStep: 1, save: true, stop: true } });
    await stopping;
    session.abandon();
    expect(session.ended.aborted).toBe(false);
    session.rest({ step: 1, report: undefined });
    stream.says(assign(2, 1));
    const next = await assigned(session);
    session.abandon();
    expect(next.over.aborted).toBe(true);
    await session.close();
    await stream.closed;
  });

  it('follows a failure of its own, which is told with all that is known', async () => {
    const { stream, session, assignment } = await serving();
    const blame = { step: 2, stateIntact: true, blamed: 0 };
    session.blame(assignment, new Error('lost'), blame);
    session.blame(assignment, new Error('lost'), { ...blame, blamed: undefined });
    expect(await stream.hears('failed')).toMatchObject({ generation: 1, secondary: true, step: 2, blamed: 0 });
    expect((await stream.hears('failed')).blamed).toBeNull();
    session.fail(new Error('no memory'), { step: 2, stateIntact: true });
    expect(await stream.hears('failed')).toMatchObject({
      ...{ secondary: false, stateIntact: true, generation: 1 },
      failure: { code: 'MLIP_E_INTERNAL', message: 'no memory' },
    });
    // It does not look for a coordinator any more.
    stream.ends();
    await session.close();
  });
});
