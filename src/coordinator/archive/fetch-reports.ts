/** Brings the reports of a run that has ended from the store of its coordinators into a directory. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { replacedObject } from '../../bus/object-errors.js';
import type { Store } from '../../bus/store.js';
import { didYouMean } from '../../config/suggest.js';
import { digestFile, type FileDigest, replaceDurably, writeDurably } from '../../core/durable-file.js';
import { MlipError } from '../../core/errors.js';
import { writeFailure } from '../output-directory.js';
import { type CheckpointEntry, Manifests, type ReportName, type ReportsEntry, type RunManifest } from './manifest.js';
import { RunObjects } from './run-objects.js';

export interface FetchedReports {
  run: string;
  /** Of the run that has left them. */
  runId: string;
  /** Of the one that goes on from it and has not ended yet. */
  continuedBy: string | null;
  outcome: ReportsEntry['outcome'];
  /** Applied steps. */
  step: number;
  /** Where they are now, absolute. */
  out: string;
  files: ReportName[];
  /** Too large for the store. */
  leftOut: ReportName[];
  /** The newest one, which is not fetched. */
  checkpoint: Pick<CheckpointEntry, 'step' | 'path' | 'destination' | 'inStore'> | null;
}

const NAMES_SHOWN = 10;
const LINES = ['ledger.jsonl', 'metrics.jsonl'] as const;

type Digests = [name: ReportName, digest: FileDigest][];

/**
 * Files that are there already and the same stay as they are.
 *
 * @throws MLIP_E_RUN_UNKNOWN, MLIP_E_RUN_UNFINISHED, MLIP_E_OUT_OTHER_RUN before anything is written where a file of that name
 * is another one, MLIP_E_OUT_WRITE, MLIP_E_STORE_*
 */
export async function fetchReports(store: Store, run: string, directory: string): Promise<FetchedReports> {
  const manifest = await endedRun(store, run);
  const { reports } = manifest;
  const out = resolve(directory);
  const digests = Object.entries(reports.files) as Digests;
  const missing = await notThere(out, digests);
  const objects = await RunObjects.open(store, run, manifest.folder);
  for (const [name, digest] of missing) await fetchReport(objects, out, name, digest);
  const files = digests.map(([name]) => name);
  const continuedBy = manifest.runId === reports.runId ? null : manifest.runId;
  return { ...reports, run, continuedBy, out, files, checkpoint: placesOf(manifest.checkpoint) };
}

/** What a run has logged, for one that goes on from it in a directory that has lost it. */
export async function restoreLines(store: Store, run: string, directory: string): Promise<void> {
  const manifest = await (await Manifests.open(store)).read(run);
  const out = resolve(directory);
  if (manifest?.reports == null || LINES.some((name) => existsSync(join(out, name)))) return;
  const objects = await RunObjects.open(store, run, manifest.folder);
  // The ledger first: a step that is in metrics.jsonl has its lines there.
  for (const name of LINES) {
    const digest = manifest.reports.files[name];
    if (digest !== undefined) await fetchReport(objects, out, name, digest);
  }
}

async function endedRun(store: Store, run: string): Promise<RunManifest & { reports: ReportsEntry }> {
  const manifests = await Manifests.open(store);
  const manifest = await manifests.read(run);
  if (manifest === null) throw unknownRun(run, await manifests.names(), store.where);
  const { reports } = manifest;
  if (reports !== null) return { ...manifest, reports };
  throw new MlipError('MLIP_E_RUN_UNFINISHED', `run ${run} has not ended: its reports come to the store when it does`, {
    where: store.where,
    remedy: `Look into its output directory, ${manifest.out}, or wait for its end: \`mlip events -f\` tells it.`,
  });
}

function unknownRun(run: string, known: readonly string[], where: string): MlipError {
  const shown = known.slice(0, NAMES_SHOWN).join(', ');
  const others =
    known.length === 0 ? 'It has none yet.' : `It has ${shown}${known.length > NAMES_SHOWN ? ', ...' : '.'}`;
  return new MlipError('MLIP_E_RUN_UNKNOWN', `the store knows no run ${run}`, {
    where,
    remedy: `${didYouMean(run, known)}${others}`,
  });
}

/** Those that the directory lacks. */
async function notThere(out: string, digests: Digests): Promise<Digests> {
  const missing: Digests = [];
  for (const [name, digest] of digests) {
    const path = join(out, name);
    if (!existsSync(path)) missing.push([name, digest]);
    else if ((await digestFile(path)).sha256 !== digest.sha256) throw otherFile(path);
  }
  return missing;
}

function otherFile(where: string): MlipError {
  return new MlipError('MLIP_E_OUT_OTHER_RUN', 'there is a file of that name already, and it is not the same', {
    where,
    remedy: 'Choose another --out.',
  });
}

async function fetchReport(objects: RunObjects, out: string, name: ReportName, expected: FileDigest): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    await replaceDurably(join(out, name), async (draft) => {
      const { sha256 } = await writeDurably(draft, objects.objects.get(objects.reportObject(name)));
      // The run has gone on since the manifest was read.
      if (sha256 !== expected.sha256) throw replacedObject(objects.reportObject(name), objects.where);
    });
  } catch (error) {
    throw writeFailure(out, error);
  }
}

function placesOf(checkpoint: CheckpointEntry | null): FetchedReports['checkpoint'] {
  if (checkpoint === null) return null;
  const { step, path, destination, inStore } = checkpoint;
  return { step, path, destination, inStore };
}
