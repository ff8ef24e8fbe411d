/** Checks of the machine itself; nothing here loads TensorFlow. */
import { statSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.js';
import { packageRoot } from '../../core/package-root.js';
import { cacheDirectory, findLibrary } from '../../engine/library-paths.js';
import { findPython } from '../../engine/provision/pip.js';
import { failed, passed, type Check } from './check.js';

const OLDEST_NODE = 20;
const GIB = 2 ** 30;
/** TensorFlow's libraries while they are unpacked. */
const CACHE_GIB = 2;
/** A few checkpoints of a small model. */
const OUT_GIB = 1;
/** A worker of `mlip-nano`, XLA's compiler included. */
const MEMORY_GIB = 1.5;

export async function machineChecks(): Promise<Check[]> {
  return [
    checkNode(),
    checkPlatform(),
    checkCores(),
    checkMemory(),
    await checkPython(),
    await checkPorts(),
    await checkDisk('disk (here)', process.cwd(), OUT_GIB),
    await checkDisk('disk (cache)', cacheDirectory(), isInstalled() ? 0 : CACHE_GIB),
    checkClock(),
  ];
}

function checkNode(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= OLDEST_NODE) return passed('node', process.version);
  return failed('node', process.version, `Install Node ${OLDEST_NODE} or newer.`);
}

/** TensorFlow's wheels have the C library for these. */
function checkPlatform(): Check {
  const found = `${process.platform} ${process.arch}`;
  if (process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)) return passed('platform', found);
  return failed('platform', found, 'Run mlip on 64-bit Linux, for instance in a container or in WSL.');
}

function checkCores(): Check {
  return passed('cores', String(availableParallelism()));
}

function checkMemory(): Check {
  // A container's limit; 0 or huge where there is none.
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const available = process.availableMemory?.() ?? freemem();
  const detail = `${gib(available)} free of ${gib(total)}`;
  if (available >= MEMORY_GIB * GIB) return passed('memory', detail);
  return failed('memory', detail, `Close other programmes: a worker of mlip-nano takes about ${MEMORY_GIB} GiB.`);
}

/** Only needed until TensorFlow is there. */
async function checkPython(): Promise<Check> {
  try {
    return passed('python', `${await findPython()} with pip`);
  } catch (error) {
    if (isInstalled()) return passed('python', 'none with pip; not needed, TensorFlow is there');
    return failed('python', messageOf(error), 'Install Python 3 and pip: they fetch TensorFlow, once.');
  }
}

async function checkPorts(): Promise<Check> {
  try {
    return passed('ports', `127.0.0.1:${await listenOnce()} could be opened`);
  } catch (error) {
    return failed(
      'ports',
      messageOf(error),
      'Allow processes to listen on 127.0.0.1: the parts of a run talk over it.',
    );
  }
}

function listenOnce(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function checkDisk(name: string, directory: string, neededGib: number): Promise<Check> {
  try {
    await mkdir(directory, { recursive: true });
    const { bavail, bsize } = await statfs(directory);
    const detail = `${gib(bavail * bsize)} free in ${directory}`;
    if (bavail * bsize >= neededGib * GIB) return passed(name, detail);
    return failed(name, detail, `Make at least ${neededGib} GiB free there.`);
  } catch (error) {
    return failed(name, messageOf(error), `Make ${directory} writable, or let MLIP_CACHE_DIR name another directory.`);
  }
}

/** A clock that is far behind breaks TLS and makes times in logs and TensorBoard useless. */
function checkClock(): Check {
  const built = statSync(join(packageRoot, 'package.json')).mtimeMs;
  const detail = new Date().toISOString();
  if (Date.now() >= built) return passed('clock', detail);
  return failed('clock', `${detail} is before mlip was installed`, 'Set the clock, for instance by NTP.');
}

/** Whether there is a TensorFlow; a wrong MLIP_LIBTENSORFLOW is reported by the check of the engine. */
function isInstalled(): boolean {
  try {
    return findLibrary() !== undefined;
  } catch {
    return false;
  }
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
