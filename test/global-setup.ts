// Before all tests: compiles the command line where a source is newer than the build, and provides TensorFlow and a
// nats-server, so that no test's time limit includes a download. Everything temporary is in one directory, and goes with it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../src/core/errors.js';
import { ensureEngine } from '../src/engine/provision/install.js';
import { provideNatsServer } from './support/nats-provision.js';

const root = join(import.meta.dirname, '..');

export async function setup(): Promise<() => void> {
  const temporary = mkdtempSync(join(tmpdir(), 'mlip-tests-'));
  process.env.TMPDIR = temporary;
  compile();
  // Many tests need no TensorFlow; those that do will say that it is missing.
  await ensureEngine().catch((error: unknown) => process.stderr.write(`${messageOf(error)}\n`));
  // Tests that need a server are skipped without one.
  await provideNatsServer().catch((error: unknown) => process.stderr.write(`${messageOf(error)}\n`));
  return () => rmSync(temporary, { recursive: true, force: true });
}

function compile(): void {
  const built = join(root, 'dist', '.tsbuildinfo');
  if (existsSync(built) && statSync(built).mtimeMs >= newest()) return;
  // Type errors are printed and do not stop the tests: JavaScript is written all the same, and `npm test` checks types.
  spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  // The compiler leaves its file alone where a source is newer but the same.
  utimesSync(built, new Date(), new Date());
}

/** When the last source was changed, in milliseconds. */
function newest(): number {
  const files = ['src', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(root, folder, file)),
  );
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
