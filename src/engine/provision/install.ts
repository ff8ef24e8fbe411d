/**
 * Puts TensorFlow's libraries into the per-user cache: hash-checked, in one rename, by one process at a time. Nothing
 * is compiled and nothing of Python is used at run time.
 */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory, findLibrary, isComplete, pathsIn } from '../library-paths.js';
import { holdLock } from './lock.js';
import { downloadWheels, extractWheels, findPython } from './pip.js';
import { requirements, wheelSet, type WheelSet } from './wheels.js';

export interface InstallOptions {
  /** The CUDA build with NVIDIA's libraries. */
  gpu?: boolean;
  /** Installs again what is there. */
  force?: boolean;
  onProgress?: (progress: InstallProgress) => void;
  signal?: AbortSignal;
}

export interface InstallProgress {
  phase: 'waiting' | 'downloading' | 'unpacking' | 'done';
  /** Share of the phase, 0 to 1. */
  share: number;
  megabytes: number;
}

/** Installs the pinned TensorFlow if it is not there; the directory of its libraries. */
export async function installEngine(options: InstallOptions = {}): Promise<string> {
  const set = wheelSet(options.gpu ?? false);
  const engines = join(cacheDirectory(), 'engine');
  const target = join(engines, set.id);
  const libraries = join(target, 'tensorflow');
  if (!options.force && isComplete(pathsIn(libraries))) return libraries;

  await mkdir(engines, { recursive: true });
  const report = (phase: InstallProgress['phase'], share: number): void =>
    options.onProgress?.({ phase, share, megabytes: set.megabytes });
  const unlock = await holdLock(join(engines, `${set.id}.lock`), () => report('waiting', 0), options.signal);
  try {
    // Another process may have installed it while this one waited.
    if (options.force || !isComplete(pathsIn(libraries))) await provision(set, target, report, options.signal);
  } finally {
    await unlock();
  }
  report('done', 1);
  return libraries;
}

/** Installs the engine unless MLIP_LIBTENSORFLOW names one or the cache has one. */
export async function ensureEngine(options: InstallOptions = {}): Promise<void> {
  if (findLibrary() === undefined) await installEngine(options);
}

type Report = (phase: InstallProgress['phase'], share: number) => void;

async function provision(set: WheelSet, target: string, report: Report, signal?: AbortSignal): Promise<void> {
  const python = await findPython();
  const staging = `${target}.staging-${process.pid}`;
  const wheels = join(staging, 'wheels');
  try {
    await mkdir(wheels, { recursive: true });
    await writeFile(join(staging, 'requirements.txt'), requirements(set));
    const stopWatching = watchSize(wheels, (bytes) =>
      report('downloading', Math.min(1, bytes / (set.megabytes * 1e6))),
    );
    await downloadWheels(python, join(staging, 'requirements.txt'), wheels, {
      env: { TMPDIR: wheels },
      signal,
    }).finally(stopWatching);
    report('unpacking', 0);
    const prefixes = [...new Set(set.wheels.flatMap(({ keep }) => keep))];
    await extractWheels(python, wheels, join(staging, 'site'), prefixes, { signal });
    await rm(target, { recursive: true, force: true });
    await rename(join(staging, 'site'), target);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** pip does not say how far it is, so the files that it writes are looked at. */
function watchSize(directory: string, report: (bytes: number) => void): () => void {
  const timer = setInterval(() => void sizeOf(directory).then(report, () => undefined), 300);
  report(0);
  return () => clearInterval(timer);
}

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true });
  const sizes = await Promise.all(
    entries.map((entry) =>
      stat(join(directory, entry)).then(
        (s) => (s.isFile() ? s.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
