/** One coordinator and one run per output directory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockDirectory } from '../../src/coordinator/lock.js';
import { writeWhole } from '../../src/coordinator/output-directory.js';
import { type RunDirectoryOptions, openRunDirectory } from '../../src/coordinator/run-directory.js';
import type { MetricsLine } from '../../src/rpc/run-events.js';
import { metricsOf, scratch } from './harness.js';

const info = { runId: 'r1', rows: null, coordinator: { address: 'h:1', pid: 1 }, workers: [] };

function line(step: number): MetricsLine {
  const shares = { pairs_per_second: 1, data_wait: 0, comm_wait: 0 };
  return { step, epoch: 0, loss: 1 / step, lr: 0.1, grad_norm: 1, world: 1, generation: 1, ...shares };
}

function open(out: string, changes: Partial<RunDirectoryOptions> = {}) {
  return openRunDirectory({ out, configText: 'name: a\n', configJson: '{"name":"a"}', resumeStep: null, ...changes });
}

/** A run of that many steps that has come to its end. */
function leaveRun(out: string, steps: number): void {
  const directory = open(out);
  directory.describe(info);
  for (let step = 1; step <= steps; step++) directory.record(line(step), null);
  directory.close();
}

const code = (name: string): Error => expect.objectContaining({ code: name }) as Error;

describe('a run directory', () => {
  it('is made, and holds what a run leaves', () => {
    const out = join(scratch(), 'a', 'b');
    leaveRun(out, 2);
    expect(metricsOf(out)).toEqual([line(1), line(2)]);
    expect(readFileSync(join(out, 'config.yaml'), 'utf8')).toBe('name: a\n');
    expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject(info);
  });

  it('of another configuration is refused, and left as it was', () => {
    const out = scratch();
    leaveRun(out, 1);
    expect(() => open(out, { configJson: '{"name":"b"}' })).toThrow(code('MLIP_E_OUT_OTHER_RUN'));
    expect(metricsOf(out)).toEqual([line(1)]);
    expect(existsSync(join(out, 'coordinator.lock'))).toBe(false);
  });

  it('of another configuration that ended before its first step gives way', () => {
    const out = scratch();
    leaveRun(out, 0);
    const directory = open(out, { configJson: '{"name":"b"}' });
    directory.describe(info);
    directory.record(line(1), null);
    directory.close();
    expect(metricsOf(out)).toEqual([line(1)]);
    expect(readdirSync(join(out, 'earlier', '1'))).toContain('run.json');
    expect(() => open(out)).toThrow(code('MLIP_E_OUT_OTHER_RUN'));
  });

  it('with results but no word of whose they are is refused', () => {
    for (const name of ['metrics.jsonl', 'config.yaml', 'checkpoints', 'events.out.tfevents.1.h.1.0']) {
      const out = scratch();
      writeFileSync(join(out, name), '');
      expect(() => open(out)).toThrow(code('MLIP_E_OUT_OTHER_RUN'));
    }
  });

  it('with files that are no run’s is taken', () => {
    const out = scratch();
    writeFileSync(join(out, 'notes.txt'), 'mine');
    open(out).close();
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('of the same configuration starts over, with the earlier runs’ files set aside', () => {
    const out = scratch();
    leaveRun(out, 3);
    for (const folder of ['checkpoints', 'evaluations']) mkdirSync(join(out, folder, 'step-3'), { recursive: true });
    leaveRun(out, 2);
    leaveRun(out, 1);
    expect(metricsOf(out)).toHaveLength(1);
    for (const folder of ['checkpoints', 'evaluations']) expect(existsSync(join(out, folder))).toBe(false);
    expect(metricsOf(join(out, 'earlier', '1'))).toHaveLength(3);
    expect(readdirSync(join(out, 'earlier', '1', 'checkpoints'))).toEqual(['step-3']);
    expect(readdirSync(join(out, 'earlier', '1', 'evaluations'))).toEqual(['step-3']);
    expect(metricsOf(join(out, 'earlier', '2'))).toHaveLength(2);
  });

  it('that is resumed keeps the lines up to the checkpoint, also where a crash cut one short', () => {
    const out = scratch();
    leaveRun(out, 3);
    writeFileSync(join(out, 'metrics.jsonl'), `${readFileSync(join(out, 'metrics.jsonl'), 'utf8')}{"step":4,"lo`);
    const directory = open(out, { resumeStep: 2, configJson: '{"name":"a","steps":9}' });
    directory.record(line(3), null);
    directory.close();
    expect(metricsOf(out)).toEqual([line(1), line(2), line(3)]);
  });

  it('that cannot be written is an error with its place', () => {
    const parent = scratch();
    writeFileSync(join(parent, 'file'), '');
    const out = join(parent, 'file', 'out');
    expect(() => open(out)).toThrow(expect.objectContaining({ code: 'MLIP_E_OUT_WRITE', where: out }) as Error);
  });
});

describe('the lock of an output directory', () => {
  const lockOf = (out: string): string => join(out, 'coordinator.lock');
  const holder = (changes: object): string => JSON.stringify({ host: hostname(), pid: 1, started: 'x', ...changes });

  it('is held once, and can be taken again when it is given back', () => {
    const out = scratch();
    const unlock = lockDirectory(out);
    expect(() => lockDirectory(out)).toThrow(code('MLIP_E_OUT_LOCKED'));
    unlock();
    lockDirectory(out)();
    expect(readdirSync(out)).toEqual([]);
  });

  it('of a process that is gone is taken over', async () => {
    const child = spawn(process.execPath, ['--version']);
    await once(child, 'close');
    const out = scratch();
    writeFileSync(lockOf(out), holder({ pid: child.pid }));
    lockDirectory(out);
    expect(JSON.parse(readFileSync(lockOf(out), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(out)).toEqual(['coordinator.lock']);
  });

  it('is taken without touching what a process of the same number on another machine is writing', () => {
    const out = scratch();
    const drafts = [lockOf(out), `${lockOf(out)}.stale`, join(out, 'run.json')].map((path) => `${path}.${process.pid}`);
    for (const path of drafts) writeFileSync(path, 'theirs');
    writeFileSync(lockOf(out), holder({ pid: process.pid, started: 'another time' }));
    lockDirectory(out);
    writeWhole(join(out, 'run.json'), 'ours');
    expect(readFileSync(join(out, 'run.json'), 'utf8')).toBe('ours');
    expect(drafts.map((path) => existsSync(path) && readFileSync(path, 'utf8'))).toEqual(drafts.map(() => 'theirs'));
    expect(readdirSync(out)).toHaveLength(drafts.length + 2);
  });

  it('and nothing else is left where a file cannot be replaced', () => {
    const out = scratch();
    lockDirectory(out);
    mkdirSync(join(out, 'run.json'));
    expect(() => writeWhole(join(out, 'run.json'), 'ours')).toThrow();
    expect(readdirSync(out).sort()).toEqual(['coordinator.lock', 'run.json']);
  });

  it('of an earlier process that had the same number as one that runs now is taken over', () => {
    const out = scratch();
    writeFileSync(lockOf(out), holder({ pid: process.pid, started: 'another time' }));
    lockDirectory(out)();
  });

  it.each(['', '{', '[]', 'null', '{"pid":1}'])('that says %j is nobody’s', (text) => {
    const out = scratch();
    writeFileSync(lockOf(out), text);
    lockDirectory(out)();
  });

  it('of another machine is respected, and the remedy says which file to delete', () => {
    const out = scratch();
    writeFileSync(lockOf(out), holder({ host: 'elsewhere' }));
    expect(() => lockDirectory(out)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining(lockOf(out)) as string }) as Error,
    );
  });

  it('is not given back by someone who has lost it', () => {
    const out = scratch();
    const unlock = lockDirectory(out);
    writeFileSync(lockOf(out), holder({ host: 'elsewhere' }));
    unlock();
    expect(existsSync(lockOf(out))).toBe(true);
  });
});
