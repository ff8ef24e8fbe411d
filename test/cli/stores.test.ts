// What the commands around a store do where the store, or what is asked of it, is not as it should be.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/bus/open-store.js';
import { RUN_EVENTS } from '../../src/coordinator/leadership.js';
import { parseSubmission, submittedRuns, type Submission } from '../../src/coordinator/submission.js';
import { findNatsServer } from '../support/nats-provision.js';
import { startNatsServer } from '../support/nats-server.js';
import { mlip } from './run-cli.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlip-stores-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const stored = (): string[] => ['--store', join(folder, 'store')];

async function submitted(): Promise<Submission[]> {
  const store = await openStore({ directory: join(folder, 'store') });
  const items = await (await submittedRuns(store)).list();
  await store.close();
  return items.map(({ value }) => parseSubmission(value));
}

describe('mlip submit', () => {
  it.each(['lr=0.1', 'my run', 'a..b'])('refuses the name %j, which no store has', async (name) => {
    const out = join(folder, name);
    const refused = await mlip(['submit', 'mlip-nano', '--workers', '1', '--out', out, ...stored()]);
    expect(refused.stderr).toContain('MLIP_E_STORE_NAME');
    expect(refused.stderr).toContain('--run');
    expect(refused.status).toBe(2);
    const named = await mlip(['submit', 'mlip-nano', '--workers', '1', '--out', out, '--run', 'a.b', ...stored()]);
    expect(named.status, named.stderr).toBe(0);
    expect(await submitted()).toMatchObject([{ name: 'a.b', out }]);
  });

  it('makes paths absolute: who takes the run is elsewhere', async () => {
    const paths = ['data.vocabulary', 'knowledge.graph', 'knowledge.embeddings', 'initialWeights'];
    const set = paths.flatMap((path) => ['--set', `${path}=${path}`]);
    const args = [
      'submit',
      'mlip-nano',
      '--workers',
      '1',
      '--data',
      'pairs.jsonl',
      '--out',
      'run',
      ...set,
      ...stored(),
    ];
    expect(await mlip(args, { cwd: folder })).toMatchObject({ status: 0 });
    const [{ config, configText, out }] = await submitted();
    const at = (name: string): string => join(folder, name);
    expect(out).toBe(at('run'));
    expect([config.data.manifest, config.data.vocabulary]).toEqual([at('pairs.jsonl'), at('data.vocabulary')]);
    expect(config.knowledge).toMatchObject({ graph: at('knowledge.graph'), embeddings: at('knowledge.embeddings') });
    expect(config.initialWeights).toBe(at('initialWeights'));
    expect(configText).toContain(`manifest: ${at('pairs.jsonl')}`);
    await mlip(['submit', 'clip-nano', '--workers', '1', '--out', 'other', ...stored()], { cwd: folder });
    expect((await submitted())[1].config).toMatchObject({ initialWeights: '', data: { manifest: '', vocabulary: '' } });
  });

  it('says that it has made a store, once', async () => {
    const args = ['submit', 'mlip-nano', '--workers', '1', '--out', join(folder, 'run'), ...stored()];
    expect((await mlip(args)).stderr).toContain(`made a new store in ${join(folder, 'store')}`);
    expect((await mlip(args)).stderr).not.toContain('made a new store');
  });
});

it('mlip coordinator refuses a name that no store has, where there is one', async () => {
  const args = ['coordinator', 'mlip-nano', '--workers', '1', '--port', '0', ...stored()];
  for (const more of [
    ['--out', join(folder, 'my run')],
    ['--out', join(folder, 'run'), '--run', 'my run'],
  ]) {
    const refused = await mlip([...args, ...more]);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('MLIP_E_STORE_NAME')]);
  }
  expect(readdirSync(folder)).toEqual([]);
});

it.each([[['events']], [['fetch', 'run', '--out', 'out']]])('mlip %s makes no store', async (command) => {
  mkdirSync(join(folder, 'empty'));
  for (const name of ['none', 'empty']) {
    const { status, stderr } = await mlip([...command, '--store', join(folder, name)], { cwd: folder });
    expect([status, stderr]).toEqual([2, expect.stringContaining('MLIP_E_STORE_ADDRESS')]);
  }
  expect(readdirSync(folder)).toEqual(['empty']);
  expect(readdirSync(join(folder, 'empty'))).toEqual([]);
});

describe('mlip events', () => {
  it('shows those of a store that is there', async () => {
    const store = await openStore({ directory: join(folder, 'store') });
    await (await store.events(RUN_EVENTS)).append(Buffer.from('{"run":"a","time":"2026-03-14T15:09:26Z","kind":"x"}'));
    await store.close();
    const { status, stdout } = await mlip(['events', ...stored()]);
    expect([status, stdout]).toEqual([0, '2026-03-14 15:09:26  a  x\n']);
  });

  it('ends at the first Ctrl-C while it looks for a server', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    let interruptedMs = 0;
    const ending = mlip(['events', '-f', '--nats', address], {
      onStart: (child) => {
        server.once('connection', (socket) => {
          socket.on('error', () => undefined);
          interruptedMs = performance.now();
          child.kill('SIGINT');
        });
      },
    });
    expect(await ending).toMatchObject({ signal: 'SIGINT', stdout: '' });
    expect(performance.now() - interruptedMs).toBeLessThan(3000);
  });

  it.skipIf(findNatsServer() === undefined)('ends at the first Ctrl-C while the server is away', async () => {
    const server = await startNatsServer({ directory: join(folder, 'nats') });
    onTestFinished(() => server.kill());
    const store = await openStore({ nats: server.address });
    onTestFinished(() => store.close());
    await (await store.events(RUN_EVENTS)).append(Buffer.from('{"run":"a","time":"2026-03-14T15:09:26Z","kind":"x"}'));
    let interruptedMs = 0;
    const ending = mlip(['events', '-f', '--nats', server.address], {
      onStart: (child) => {
        child.stdout!.once('data', () => {
          const interrupt = async (): Promise<void> => {
            await server.kill();
            await sleep(300);
            interruptedMs = performance.now();
            child.kill('SIGINT');
          };
          void interrupt();
        });
      },
    });
    expect(await ending).toMatchObject({ status: 0, stdout: expect.stringContaining('  a  x') as string });
    expect(performance.now() - interruptedMs).toBeLessThan(3000);
  });
});
