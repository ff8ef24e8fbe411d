/** Runs the system's Python: pip downloads wheels, zipfile takes the libraries out of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MlipError } from '../../core/errors.js';

interface Finished {
  code: number | null;
  output: string;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

async function run(command: string, args: string[], { env = {}, signal }: RunOptions = {}): Promise<Finished> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** The command of a Python that has pip. */
export async function findPython(): Promise<string> {
  for (const command of ['python3', 'python']) {
    const found = await run(command, ['-m', 'pip', '--version']).catch(() => undefined);
    if (found?.code === 0) return command;
  }
  throw new MlipError(
    'MLIP_E_ENGINE_MISSING',
    'TensorFlow is not installed yet, and there is no Python 3 with pip to get it',
    {
      remedy:
        'Install Python 3 and pip (Debian/Ubuntu: apt-get install python3-pip; Fedora: dnf install python3-pip), ' +
        'or point MLIP_LIBTENSORFLOW at a directory with libtensorflow_cc.so.2 and libtensorflow_framework.so.2.',
    },
  );
}

/** Wheels are chosen for this interpreter, whichever one runs pip: only the C libraries in them are used. */
const TARGET = ['--python-version', '3.12', '--implementation', 'cp', '--abi', 'cp312', '--abi', 'none'];

const PLATFORMS = ['manylinux_2_27', 'manylinux_2_17', 'manylinux2014', 'manylinux_2_12', 'manylinux2010'];

export async function downloadWheels(
  python: string,
  requirementsFile: string,
  into: string,
  options: RunOptions,
): Promise<void> {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const platforms = PLATFORMS.flatMap((name) => ['--platform', `${name}_${machine}`]);
  const flags = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--no-cache-dir', '--progress-bar', 'off'];
  const args = ['-m', 'pip', 'download', '--disable-pip-version-check', ...flags, ...TARGET, ...platforms];
  const { code, output } = await run(python, [...args, '-d', into, '-r', requirementsFile], options);
  if (code === 0) return;
  const lines = output.trim().split('\n').filter(Boolean);
  if (output.includes('DO NOT MATCH THE HASHES')) {
    throw new MlipError('MLIP_E_ENGINE_HASH', 'a downloaded wheel is not the pinned one', {
      where: lines.find((line) => line.includes('Expected')),
      remedy: 'Try again; if it stays so, the package index or a proxy between serves altered files.',
    });
  }
  throw new MlipError('MLIP_E_ENGINE_MISSING', `pip could not download TensorFlow: ${lines.slice(-2).join(' ')}`, {
    remedy:
      'Check the network and pip’s index (pip config list). Without network: copy the cache directory of a machine that ' +
      'has it, or point MLIP_LIBTENSORFLOW at TensorFlow’s libraries.',
  });
}

const EXTRACT = `
import os, sys, zipfile
source, target, *prefixes = sys.argv[1:]
for name in os.listdir(source):
    if name.endswith('.whl'):
        with zipfile.ZipFile(os.path.join(source, name)) as wheel:
            wheel.extractall(target, [m for m in wheel.namelist() if m.startswith(tuple(prefixes))])
        os.remove(os.path.join(source, name))
`;

/** Unpacks members whose path begins with one of `prefixes` from every wheel in `from`, checking their CRCs, and deletes the wheels. */
export async function extractWheels(
  python: string,
  from: string,
  into: string,
  prefixes: readonly string[],
  options: RunOptions,
): Promise<void> {
  const { code, output } = await run(python, ['-c', EXTRACT, from, into, ...prefixes], options);
  if (code === 0) return;
  throw new MlipError(
    'MLIP_E_ENGINE_MISSING',
    `the wheels could not be unpacked: ${output.trim().split('\n').at(-1)}`,
    {
      where: into,
      remedy: 'Make sure that the disk has 2 GB free (12 GB with --gpu), then try again.',
    },
  );
}
