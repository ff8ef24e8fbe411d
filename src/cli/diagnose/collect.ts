/** Collects what is known of a run and of this machine. What cannot be had is named and keeps nothing else from it. */
import { release, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FirstFailure, parseLine, type LogLine } from '../../coordinator/logs/log-filter.js';
import { readLines } from '../../coordinator/logs/read-lines.js';
import { readRecord } from '../../coordinator/record-keeper.js';
import { packageRoot } from '../../core/package-root.js';
import { mlipVersion } from '../../rpc/protocol.js';
import type { Access } from '../../security/access.js';
import type { RunFinder } from '../status/find-run.js';
import type { ArchivedText } from './archive.js';
import { askDoctor, type DoctorAnswer } from './doctor.js';
import { askLiveRun, explain, type LiveRun } from './live-run.js';
import { localProcesses } from './local-processes.js';
import { runFiles } from './run-files.js';
import { type Findings, summaryText } from './summary.js';

export interface DiagnosedRun {
  out: string | undefined;
  /** Null where nobody can be asked, with the reason in `missing`. */
  finder: RunFinder | null;
  access: Access | null;
  doctor: boolean;
  missing: Record<string, string>;
}

export interface Collected {
  texts: ArchivedText[];
  findings: Findings;
}

export async function collect({ out, finder, access, doctor, missing }: DiagnosedRun): Promise<Collected> {
  const had = async <T>(name: string, asked: () => Promise<T>): Promise<T | null> => {
    try {
      return await asked();
    } catch (error) {
      missing[name] = explain(error);
      return null;
    }
  };
  const files = out === undefined ? { texts: [], missing: {} } : await runFiles(out);
  Object.assign(missing, files.missing);
  const record = out === undefined ? null : await had('the record of the run', () => readRecord(out));
  const [live, checks] = await Promise.all([
    record?.ended === true ? null : had('the coordinator', () => asked(finder, access, out)),
    doctor ? had('doctor.json', askDoctor) : null,
  ]);
  Object.assign(missing, live?.missing);
  const firstFailure = await had('the first failure', () => firstFailureOf(out, live));
  const runJson = files.texts.find(({ name }) => name === 'run.json')?.text ?? '';
  const texts = [...files.texts, ...textsOf(live), ...(checks === null ? [] : [asJson('doctor.json', checks)])];
  texts.push(asJson('versions.json', versions()));
  const findings: Findings = {
    ...{ version: mlipVersion, out, record, live, firstFailure, missing, local: localProcesses(runJson) },
    doctor: checks === null ? null : shortened(checks),
    files: texts.map(({ name }) => name),
  };
  return { texts: [{ name: 'summary.txt', text: summaryText(findings) }, ...texts], findings };
}

async function asked(
  finder: RunFinder | null,
  access: Access | null,
  out: string | undefined,
): Promise<LiveRun | null> {
  if (finder === null || access === null) return null;
  return askLiveRun(await finder.address(), access, out === undefined);
}

async function firstFailureOf(out: string | undefined, live: LiveRun | null): Promise<LogLine | null> {
  const first = new FirstFailure();
  const see = (texts: readonly string[]): void => {
    for (const line of texts.map(parseLine)) if (line !== null) first.see(line);
  };
  if (out === undefined) see(live?.logs ?? []);
  else for await (const texts of readLines(out, { isOver: null })) see(texts);
  return first.line;
}

function textsOf(live: LiveRun | null): ArchivedText[] {
  if (live === null) return [];
  const { status, coordinator, workers, logs } = live;
  return [
    ...(status === null ? [] : [asJson('status.json', status)]),
    ...(coordinator === null ? [] : [asJson('processes/coordinator.json', coordinator)]),
    ...workers.map(({ worker, host, report }) =>
      asJson(
        `processes/worker-${worker}.json`,
        report === null ? { worker, host, answered: false } : { worker, host, ...report },
      ),
    ),
    ...(logs === null ? [] : [{ name: 'logs.jsonl', text: `${logs.join('\n')}\n` }]),
  ];
}

function asJson(name: string, value: unknown): ArchivedText {
  return { name, text: `${JSON.stringify(value, null, 2)}\n` };
}

function shortened({ ok, checks }: DoctorAnswer): Findings['doctor'] {
  const failed = checks.filter((check) => !check.ok).map(({ name, detail }) => `mlip doctor: ${name}: ${detail}`);
  return { ok, failed };
}

function versions(): object {
  const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    dependencies: object;
  };
  const { platform, arch, versions: parts } = process;
  return { mlip: mlipVersion, platform, release: release(), arch, memoryBytes: totalmem(), node: parts, dependencies };
}
