/** Makes sure that TensorFlow is there before a command needs it, showing how far the download is. */
import type { InstallOptions, InstallProgress } from '../engine/provision/install.js';
import { createStatusLine } from './status-line.js';

/** Installs the pinned TensorFlow unless MLIP_LIBTENSORFLOW names one or the cache has one. */
export async function provideEngine(gpu: boolean): Promise<void> {
  const { ensureEngine } = await import('../engine/provision/install.js');
  await withProgress((onProgress) => ensureEngine({ gpu, onProgress }));
}

/** TensorFlow for this process, which evaluates by itself. */
export async function provideOwnEngine(): Promise<void> {
  const { visibleGpus } = await import('./launch/devices.js');
  await provideEngine(visibleGpus().length > 0);
}

/** Runs an installation with its progress on stderr. */
export async function withProgress<T>(
  install: (onProgress: NonNullable<InstallOptions['onProgress']>) => Promise<T>,
): Promise<T> {
  const status = createStatusLine();
  let phase = '';
  const onProgress = (progress: InstallProgress): void => {
    status.show(describe(progress), progress.phase !== phase);
    phase = progress.phase;
  };
  return install(onProgress).finally(status.end);
}

function describe({ phase, share, megabytes }: InstallProgress): string {
  const texts: Record<InstallProgress['phase'], string> = {
    waiting: 'TensorFlow: waiting for another process that installs it',
    downloading: `TensorFlow: downloading ${megabytes} MB, ${Math.round(share * 100)} %`,
    unpacking: 'TensorFlow: unpacking',
    done: 'TensorFlow: ready',
  };
  return texts[phase];
}
