/** `mlip engine install`: TensorFlow's libraries into the per-user cache. */
import { Command } from 'commander';
import { addExamples } from '../options.js';
import { withProgress } from '../provide-engine.js';
import { answer, answerJson } from '../terminal.js';

interface InstallOptions {
  gpu?: boolean;
  force?: boolean;
  json?: boolean;
}

export function engineCommand(): Command {
  return new Command('engine').description('install TensorFlow').addCommand(installCommand());
}

function installCommand(): Command {
  const command = new Command('install')
    .description('fetch the pinned TensorFlow with pip and keep its libraries in the per-user cache')
    .option('--gpu', 'the CUDA build, with NVIDIA’s libraries')
    .option('--force', 'install again what is there')
    .option('--json', 'print {directory} as one JSON object')
    .action(install);
  return addExamples(
    command,
    'mlip engine install',
    'mlip engine install --gpu',
    'MLIP_CACHE_DIR=/scratch/mlip mlip engine install',
  );
}

async function install({ gpu, force, json }: InstallOptions): Promise<void> {
  const { installEngine } = await import('../../engine/provision/install.js');
  const directory = await withProgress((onProgress) => installEngine({ gpu, force, onProgress }));
  if (json) answerJson({ directory });
  else answer(directory);
}
