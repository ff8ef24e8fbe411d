/** Getting TensorFlow: what goes wrong without Python, without network and with altered files, and two at once. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';

const PACKAGE_INDEX = 'simple/tensorflow-cpu/';
const WHEEL = 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl';

let cache: string;
let server: Server | undefined;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'mlip-cache-'));
});

afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(cache, { recursive: true, force: true });
});

interface Answer {
  status: number;
  stdout: string;
  stderr: string;
}

function install(env: NodeJS.ProcessEnv = {}): Promise<Answer> {
  const main = join(packageRoot, 'bin', 'mlip.js');
  const environment = { ...process.env, MLIP_CACHE_DIR: cache, MLIP_LIBTENSORFLOW: '', ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'engine', 'install'], { env: environment }, (error, stdout, stderr) => {
      resolve({ status: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** Nothing half-done is left, and nothing that a later command would take for an engine. */
function expectNothingInstalled(): void {
  const engines = join(cache, 'engine');
  expect(existsSync(engines) ? readdirSync(engines) : []).toEqual([]);
}

it('says what to install where there is no Python', async () => {
  const { status, stderr } = await install({ PATH: cache });
  expect(status).toBe(4);
  expect(stderr).toContain('MLIP_E_ENGINE_MISSING');
  expect(stderr).toMatch(/Install Python 3 and pip/);
  expectNothingInstalled();
});

it('says so where the package index cannot be reached', async () => {
  const { status, stderr } = await install({ PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_RETRIES: '0' });
  expect(status).toBe(4);
  expect(stderr).toContain('MLIP_E_ENGINE_MISSING');
  expect(stderr).toMatch(/Check the network/);
  expectNothingInstalled();
});

it('refuses a wheel that is not the pinned one', async () => {
  server = createServer((request, response) => {
    const page = request.url?.endsWith(PACKAGE_INDEX) === true;
    response.setHeader('content-type', page ? 'text/html' : 'application/octet-stream');
    response.end(page ? `<a href="/${WHEEL}">${WHEEL}</a>` : 'not the wheel that was pinned');
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { status, stderr } = await install({ PIP_INDEX_URL: `http://127.0.0.1:${port}/simple`, PIP_RETRIES: '0' });
  expect(status).toBe(4);
  expect(stderr).toContain('MLIP_E_ENGINE_HASH');
  expectNothingInstalled();
});

it('is done once where two processes ask for it at the same time', async () => {
  const [first, second] = await Promise.all([install(), install()]);
  expect([first.status, second.status]).toEqual([0, 0]);
  const waited = [first, second].filter(({ stderr }) => /waiting/.test(stderr));
  expect(waited).toHaveLength(1);
  const [engine, ...others] = readdirSync(join(cache, 'engine'));
  expect(others).toEqual([]);
  expect(readdirSync(join(cache, 'engine', engine, 'tensorflow')).sort()).toEqual([
    'libtensorflow_cc.so.2',
    'libtensorflow_framework.so.2',
  ]);
  const third = await install();
  expect(third.status).toBe(0);
  expect(third.stderr).not.toMatch(/downloading/);
});
