/** Where a run stands, from what lies in its output directory. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { messageOf } from '../core/errors.js';
import { parseJson } from '../core/json.js';
import { outcomeOf } from '../coordinator/outcome-of.js';
import { readRecord } from '../coordinator/record-keeper.js';
import type { RunRecord } from '../coordinator/run-record.js';
import type { Line } from './run-files.js';
import type { WatchedRun } from './watched-run.js';

export interface Failure {
  code: string;
  message: string;
  where: string;
  remedy: string;
}

export interface RunSummary {
  runId: string | null;
  name: string;
  /** quiet: no step for a while, though nobody has paused or ended it. */
  phase: 'waiting' | 'training' | 'paused' | 'quiet' | 'finished' | 'stopped' | 'failed';
  /** Steps applied, and to apply; 0 where that is not known. */
  step: number;
  steps: number;
  newest: Line | null;
  /** Seconds since the last step, and of a step; null before there are any. */
  sinceStep: number | null;
  stepSeconds: number | null;
  checkpoint: { step: number; path: string } | null;
  failure: Failure | null;
  /** What of the directory cannot be read, and why. */
  problems: string[];
}

/** That this version writes and reads. */
const RECORD_VERSION = 1;

/** A step may take its time; ten of them, or a minute, is silence. */
const QUIET_STEPS = 10;
const QUIET_SECONDS = 60;

/** All who follow a run are told the same. */
const SHARED_MS = 400;
const shared = new WeakMap<WatchedRun, { atMs: number; summary: Promise<RunSummary> }>();

/** The same for those who ask again and again: no older than a moment. */
export function recentSummary(run: WatchedRun): Promise<RunSummary> {
  const known = shared.get(run);
  const nowMs = performance.now();
  if (known !== undefined && nowMs - known.atMs < SHARED_MS) return known.summary;
  const summary = summaryOf(run);
  shared.set(run, { atMs: nowMs, summary });
  return summary;
}

/** @param run that has been read */
export async function summaryOf(run: WatchedRun): Promise<RunSummary> {
  const problems = [
    ...[...run.closed].map(([file, why]) => `${file}.jsonl: ${why}`),
    ...[...run.unreadable].map(([file, count]) => `${file}.jsonl: ${count} line(s) cannot be read and are left out`),
  ];
  const record = await recordOf(run.directory, problems);
  const settings = await settingsOf(run.directory, problems);
  const sinceStep = await secondsSince(join(run.directory, 'metrics.jsonl'));
  const speed = run.newest?.['pairs_per_second'];
  const stepSeconds =
    typeof speed === 'number' && speed > 0 && settings.batchSize > 0 ? settings.batchSize / speed : null;
  const facts = {
    record,
    sinceStep: run.newest === null ? null : sinceStep,
    stepSeconds,
    paused: isPaused(run.events),
    ended: record === null ? endOf(run.events) : null,
  };
  const step = run.newest?.['step'];
  return {
    runId: record?.runId ?? null,
    name: settings.name,
    phase: phaseOf(facts),
    step: typeof step === 'number' ? step : (record?.step ?? 0),
    steps: settings.steps || stepsOf(run.events),
    ...{ newest: run.newest, sinceStep: facts.sinceStep, stepSeconds },
    checkpoint: checkpointOf(record, run.events),
    ...{ failure: failureOf(record, run), problems },
  };
}

/** A record of a newer version, or half of one, keeps the rest from being shown no more than its absence does. */
async function recordOf(directory: string, problems: string[]): Promise<RunRecord | null> {
  try {
    return await readRecord(directory);
  } catch (error) {
    problems.push(`coordinator.json ${await faultOf(join(directory, 'coordinator.json'), error)}`);
    return null;
  }
}

async function faultOf(path: string, error: unknown): Promise<string> {
  const read = parseJson(await readFile(path, 'utf8').catch(() => '')) as { version?: unknown } | null | undefined;
  if (read === undefined) return 'is cut short or cannot be read: how the run stands is told from its other files';
  if (read?.version === RECORD_VERSION) return `is not as this version of mlip writes it: ${messageOf(error)}`;
  return 'was written by another version of mlip: use that one to see how the run has ended';
}

interface Settings {
  name: string;
  steps: number;
  batchSize: number;
}

async function settingsOf(directory: string, problems: string[]): Promise<Settings> {
  try {
    const { name, steps, batchSize } = (parse(await readFile(join(directory, 'config.yaml'), 'utf8')) ?? {}) as Line;
    const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
    return { name: typeof name === 'string' ? name : '', steps: count(steps), batchSize: count(batchSize) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') problems.push(`config.yaml: ${messageOf(error)}`);
    return { name: '', steps: 0, batchSize: 0 };
  }
}

async function secondsSince(path: string): Promise<number | null> {
  const info = await stat(path).catch(() => null);
  // The clock of a file server may be ahead of ours.
  return info === null ? null : Math.max(0, (Date.now() - info.mtimeMs) / 1000);
}

type Facts = Pick<RunSummary, 'sinceStep' | 'stepSeconds'> & {
  record: RunRecord | null;
  paused: boolean;
  ended: Ended;
};
type Ended = 'finished' | 'stopped' | 'failed' | null;

function phaseOf({ record, sinceStep, stepSeconds, paused, ended }: Facts): RunSummary['phase'] {
  if (record?.ended === true) return outcomeOf(record).kind;
  if (ended !== null) return ended;
  if (paused) return 'paused';
  if (sinceStep === null) return 'waiting';
  return sinceStep < Math.max(QUIET_SECONDS, QUIET_STEPS * (stepSeconds ?? 0)) ? 'training' : 'quiet';
}

/** A record is written when the world changes, so a checkpoint may be newer than it. */
function checkpointOf(record: RunRecord | null, events: readonly Line[]): RunSummary['checkpoint'] {
  const known = record?.checkpoint ?? null;
  const saved = events.findLast(({ kind }) => kind === 'saved');
  if (saved === undefined || typeof saved['step'] !== 'number' || (known !== null && known.step > saved['step']))
    return known;
  return { step: saved['step'], path: String(saved['path']) };
}

/** As its events tell it, where its record does not. */
function endOf(events: readonly Line[]): Ended {
  const last = events.findLast(({ kind }) => ['started', 'finished', 'failed'].includes(String(kind)));
  if (last?.['kind'] === 'failed') return 'failed';
  return last?.['kind'] !== 'finished' ? null : last['stopped'] === true ? 'stopped' : 'finished';
}

function isPaused(events: readonly Line[]): boolean {
  const kinds = ['paused', 'resumed', 'started', 'finished', 'failed'];
  return events.findLast(({ kind }) => kinds.includes(String(kind)))?.['kind'] === 'paused';
}

/** For a run whose configuration counts epochs. */
function stepsOf(events: readonly Line[]): number {
  const steps = events.findLast(({ kind }) => kind === 'started')?.['steps'];
  return typeof steps === 'number' ? steps : 0;
}

/** The coordinator's own word counts, then the first error that anybody has logged. */
function failureOf(record: RunRecord | null, { events, firstError }: WatchedRun): Failure | null {
  if (record?.cause != null) return pick(record.cause);
  const failed = events.findLast(({ kind }) => kind === 'failed' || kind === 'started');
  if (failed?.['kind'] === 'failed') return pick(failed['failure']);
  return firstError === null || record?.ended === true ? null : pick(firstError);
}

function pick(value: unknown): Failure {
  const from = (typeof value === 'object' && value !== null ? value : {}) as Line;
  const text = (key: string): string => (typeof from[key] === 'string' ? from[key] : '');
  return { code: text('code'), message: text('message'), where: text('where'), remedy: text('remedy') };
}
