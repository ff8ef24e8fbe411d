/** Halts, and messages that come late, twice or out of order. */
import { describe, expect, it } from 'vitest';
import { assign, assigned, commit, joined, over, report, rows, serving } from './scripted-session.js';

describe('a halt', () => {
  it('cuts a gather short, and is answered when nothing is under way', async () => {
    const { script, stream, session, assignment } = await serving();
    const gathering = session.gather(assignment, 0, rows());
    const call = await script.nextGather();
    stream.says({ halt: { generation: 2 } });
    await expect(gathering).rejects.toMatchObject({ code: 'MLIP_E_RUN_STALE', message: 'generation 1 is over' });
    await call.cancelled;
    expect(assignment.over.aborted).toBe(true);
    expect(stream.left).toEqual([]);
    session.rest({ step: 0, report: undefined });
    expect(await stream.hears('halted')).toMatchObject({ generation: 2, holding: { step: 0, report: null } });
    stream.says(assign(2));
    expect((await assigned(session)).generation).toBe(2);
  });

  it('ends the wait after a commit; the report of the step goes along with what is held', async () => {
    const { stream, session, assignment } = await serving();
    const committing = commit(session, assignment, 0);
    await stream.hears('commit');
    stream.says({ halt: { generation: 5 } });
    await expect(committing).rejects.toMatchObject({ code: 'MLIP_E_RUN_STALE' });
    session.rest({ step: 1, report: report(2) });
    const { generation, holding } = await stream.hears('halted');
    expect(generation).toBe(5);
    expect(holding).toMatchObject({ step: 1, report: { losses: { loss: 2 }, rows: [4, 5], ranks: [0] } });
    // Whoever asks afterwards is told the same.
    await expect(commit(session, assignment, 0)).rejects.toMatchObject({ code: 'MLIP_E_RUN_STALE' });
    await expect(session.gather(assignment, 0, rows())).rejects.toMatchObject({ code: 'MLIP_E_RUN_STALE' });
  });

  it('is the reason where a gather was refused a moment before', async () => {
    const { script, stream, session, assignment } = await serving();
    const gathering = session.gather(assignment, 0, rows());
    (await script.nextGather()).refuses('MLIP_E_RUN_STALE');
    setTimeout(() => stream.says({ halt: { generation: 2 } }), 50);
    await expect(gathering).rejects.toMatchObject({ message: 'generation 1 is over' });
  });

  it('is answered at once by a worker that rests, also one that has nothing yet', async () => {
    const { stream, session } = await joined();
    stream.says({ halt: { generation: 1 } });
    expect(await stream.hears('halted')).toMatchObject({ generation: 1, holding: null });
    session.ready({ rows: 60, dataHash: 'd' });
    await stream.hears('ready');
    const waiting = session.next();
    stream.says({ halt: { generation: 2 } }, assign(2));
    expect((await stream.hears('halted')).generation).toBe(2);
    expect(await waiting).toMatchObject({ generation: 2 });
  });

  it('takes an assignment back that nobody has begun', async () => {
    const { stream, session, assignment } = await serving();
    stream.says(assign(2), { halt: { generation: 3 } });
    await over(assignment);
    session.rest({ step: 0, report: undefined });
    expect((await stream.hears('halted')).generation).toBe(3);
    stream.says(assign(3));
    expect((await assigned(session)).generation).toBe(3);
  });
});

/** Time for messages to arrive; nobody says that they have. */
const arrival = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

describe('a directive that comes before it is asked for', () => {
  const stop = { nextStep: 1, stop: true };

  it('is kept: another worker may have been lost while it saved, and this one not be at rest yet', async () => {
    const { stream, session, assignment } = await serving();
    const committing = commit(session, assignment, 0);
    await stream.hears('commit');
    stream.says({ directive: stop }, { directive: { ...stop, save: true } });
    expect(await committing).toMatchObject({ stop: true, save: false });
    await arrival();
    session.abandon();
    expect(session.ended.aborted).toBe(false);
    session.rest({ step: 1, report: undefined });
    expect(await session.next()).toMatchObject({ kind: 'directive', stop: true, save: true });
    stream.says({ finish: {} });
    expect(await session.next()).toMatchObject({ kind: 'finish' });
    expect(await session.next()).toMatchObject({ kind: 'finish' });
  });

  it('is kept after a halt that has not been answered yet', async () => {
    const { stream, session, assignment } = await serving();
    stream.says({ halt: { generation: 2 } }, { directive: { ...stop, save: true } });
    await over(assignment);
    await arrival();
    session.rest({ step: 1, report: undefined });
    expect(await session.next()).toMatchObject({ stop: true, save: true });
    stream.says({ finish: {} });
  });

  it.each([
    ['is about another number of steps', {}, 0],
    ['was said before a halt', { halt: { generation: 2 } }, 1],
  ])('is not obeyed where it %s', async (_, later, held) => {
    const { stream, session } = await serving();
    stream.says({ directive: stop }, later);
    await arrival();
    session.rest({ step: held, report: undefined });
    const next = session.next();
    stream.says(assign(3, held));
    expect(await next).toMatchObject({ kind: 'assign', generation: 3 });
    // It takes part again: nothing is left for it to save.
    session.abandon();
    expect(session.ended.aborted).toBe(true);
  });
});

describe('what comes late, twice or out of order', () => {
  it('halts nobody, assigns nothing and goes on with nothing', async () => {
    const { stream, session, assignment } = await serving();
    stream.says({ halt: { generation: 1 } }, assign(1), { directive: { nextStep: 1 } }, { halt: { generation: 0 } });
    const committing = commit(session, assignment, 3);
    await stream.hears('commit');
    for (const nextStep of [3, 5, 0]) stream.says({ directive: { nextStep, stop: true } });
    stream.says({ directive: { nextStep: 4 } }, { directive: { nextStep: 4, stop: true } });
    expect(await committing).toMatchObject({ stop: false });
    expect(assignment.over.aborted).toBe(false);
  });

  it('is ignored after a halt: one answer, and only a newer generation begins', async () => {
    const { stream, session, assignment } = await serving();
    stream.says({ halt: { generation: 4 } }, { halt: { generation: 4 } }, { halt: { generation: 3 } });
    stream.says({ directive: { nextStep: 1 } }, assign(2), assign(3));
    await over(assignment);
    session.rest({ step: 0, report: undefined });
    expect((await stream.hears('halted')).generation).toBe(4);
    stream.says({ halt: { generation: 4 } }, assign(3), assign(4, 7), assign(4, 8));
    expect(await assigned(session)).toMatchObject({ generation: 4, step: 7 });
    expect(stream.left).toEqual([]);
  });

  it('counts against what a pulse has told of', async () => {
    const { stream, session, assignment } = await serving();
    stream.says({ pulse: { generation: 6 } }, { halt: { generation: 5 } }, assign(5));
    const committing = commit(session, assignment, 0);
    await stream.hears('commit');
    stream.says({ halt: { generation: 6 } });
    await expect(committing).rejects.toMatchObject({ code: 'MLIP_E_RUN_STALE' });
  });

  it('ends what is under way where a newer generation begins without a halt', async () => {
    const { stream, session, assignment } = await serving();
    stream.says(assign(2));
    await over(assignment);
    session.rest({ step: 0, report: undefined });
    expect((await assigned(session)).generation).toBe(2);
    expect(stream.left).toEqual([]);
  });
});
