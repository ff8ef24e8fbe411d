/** A real S3-compatible server on loopback: Versity's gateway over a temporary directory. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goTool } from './go-tool.js';

const MODULE = 'github.com/versity/versitygw/cmd/versitygw';
const VERSION = 'v1.8.0';
const START_MS = 30_000;

export const BUCKET = 'checkpoints';
const ACCESS = 'AKIDTESTACCESS';
const SECRET = 'do-not-print-this-secret';

export interface S3Server {
  /** What a process needs to reach it. */
  readonly env: Record<string, string>;
  /** The bucket's directory: an object is a file below it. */
  readonly objects: string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export function provideS3Server(): ReturnType<typeof goTool> {
  return goTool(MODULE, VERSION);
}

/** Resolves when it answers. */
export async function startS3Server(path: string): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-s3-'));
  const [data, metadata] = [join(folder, 'data'), join(folder, 'metadata')];
  const objects = join(data, BUCKET);
  mkdirSync(objects, { recursive: true });
  mkdirSync(metadata);
  const port = await freePort();
  const child = spawn(
    path,
    ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', '--sidecar', metadata, data],
    { env: { ROOT_ACCESS_KEY: ACCESS, ROOT_SECRET_KEY: SECRET }, stdio: 'ignore' },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  await answering(endpoint, child);
  return {
    env: { MLIP_S3_ENDPOINT: endpoint, AWS_ACCESS_KEY_ID: ACCESS, AWS_SECRET_ACCESS_KEY: SECRET },
    objects,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}

async function answering(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the S3 server ended with ${child.exitCode}`);
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return;
    if (Date.now() > deadline) throw new Error('the S3 server does not answer');
    await sleep(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
