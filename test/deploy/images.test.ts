/** The images, made by the instructions of their Dockerfiles, and a run of them: without rights, on roots that nobody can write. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metrics, smallRun, type SmallRun, until } from '../cli/small-run.js';
import { freePorts } from '../support/nats-server.js';
import { readDockerfile } from './dockerfile.js';
import { build, type Image, start } from './images.js';
import { canLayer, newFolder, removeLayers } from './layers.js';

const able = canLayer();
if (!able) process.stderr.write('not tested: the images, since this machine lets nobody lay a layer over its root\n');

/** What computes: workers only. */
const LEFT_OUT = ['@tensorflow', 'koffi', '@koromix', 'sharp', '@img'];

let [coordinator, worker]: Image[] = [];
let small: SmallRun;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  if (!able) return;
  coordinator = build(readDockerfile('coordinator.Dockerfile'), 'coordinator');
  worker = build(readDockerfile('worker.Dockerfile'), 'cpu');
  small = await smallRun();
}, 900_000);

afterAll(() => {
  for (const child of processes) child.kill('SIGKILL');
  removeLayers();
  if (able) small.remove();
});

interface Ended {
  status: number | null;
  output: string;
}

function run(image: Image, command: string[], volumes = {}): { child: ChildProcess; ended: Promise<Ended> } {
  const child = start(image, command, { volumes, stdio: ['ignore', 'pipe', 'pipe'] });
  processes.push(child);
  const output = Promise.all([text(child.stdout!), text(child.stderr!)]);
  const ended = once(child, 'close').then(async ([status]) => ({
    status: status as number,
    output: (await output).join(''),
  }));
  return { child, ended };
}

async function endedEarly({ ended }: { ended: Promise<Ended> }): Promise<never> {
  throw new Error((await ended).output);
}

const mlip = (...args: string[]): string[] => ['node', '/opt/mlip/bin/mlip.js', ...args];

/** Paths of files and links below a folder of an image. */
function filesBelow(image: Image, folder: string): string[] {
  const below = image.layers.map((layer) => join(layer, folder)).filter(existsSync);
  return below.flatMap((path) =>
    readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [] : [entry.name],
    ),
  );
}

/** Everybody may write, as a volume's group may. */
function sharedFolder(): string {
  const folder = newFolder('shared');
  cpSync(small.folder, folder, { recursive: true });
  mkdirSync(join(folder, 'runs'));
  for (const path of [folder, join(folder, 'runs')]) chmodSync(path, 0o777);
  writeFileSync(join(folder, 'token'), 'a-token-for-a-run-of-images', { mode: 0o644 });
  return folder;
}

describe.skipIf(!able)('the images', () => {
  it('for the coordinator has nothing that computes, by its files and by its bill of materials', () => {
    for (const name of LEFT_OUT) {
      expect(filesBelow(coordinator, `opt/mlip/node_modules/${name}`), name).toEqual([]);
      expect(filesBelow(worker, `opt/mlip/node_modules/${name}`), name).not.toEqual([]);
    }
    const bill = readFileSync(join(coordinator.layers[0], 'opt/mlip/sbom.cdx.json'), 'utf8');
    const { components } = JSON.parse(bill) as { components: { group?: string; name: string }[] };
    const names = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
    expect(names).toContain('@grpc/grpc-js');
    expect(names.filter((name) => LEFT_OUT.some((left) => name.startsWith(left)))).toEqual([]);
    expect(existsSync(join(coordinator.layers[0], 'opt/engine'))).toBe(false);
  });

  it.each(['coordinator', 'worker'])('leave the %s no place to write to but its volumes', async (name) => {
    const image = name === 'coordinator' ? coordinator : worker;
    const tried =
      'id -u; touch /opt/mlip/x; touch /usr/x; touch /tmp/x && echo only here; grep CapEff /proc/self/status';
    const { output } = await run(image, ['sh', '-c', tried]).ended;
    expect(output).toMatch(/10001\nonly here\nCapEff:\t0+\n/);
    expect(output.match(/Read-only file system/g)).toHaveLength(2);
  });

  it('train: a worker joins a coordinator that has no TensorFlow, and the run ends well', async () => {
    const [port, metricsPort] = await freePorts(2);
    const volumes = { '/shared': sharedFolder() };
    const access = ['--token-file', '/shared/token', '--host', '127.0.0.1'];
    const place = ['--data', '/shared/corpus/manifest.jsonl', '--out', '/shared/runs/first'];
    const work = ['--workers', '1', '--steps', '30', '--port', String(port), '--metrics-port', String(metricsPort)];
    const leader = run(coordinator, mlip('coordinator', '/shared/small.yaml', ...place, ...work, ...access), volumes);
    const follower = run(worker, mlip('worker', '--coordinator', `127.0.0.1:${port}`, ...access), volumes);
    const out = join(volumes['/shared'], 'runs/first');
    const began = until(() => metrics(out).length > 0, 200_000);
    await Promise.race([began, endedEarly(leader), endedEarly(follower)]);
    const script = ['node', '/opt/mlip/deploy/docker/healthcheck.js', `http://127.0.0.1:${metricsPort}/healthz`];
    expect(await run(coordinator, script).ended).toEqual({ status: 0, output: 'ok\n' });
    const [led, followed] = await Promise.all([leader.ended, follower.ended]);
    expect(led.status, led.output).toBe(0);
    expect(followed.status, followed.output).toBe(0);
    expect(metrics(out)).toHaveLength(30);
    expect((await run(coordinator, script).ended).status).toBe(1);
  }, 300_000);

  it('answer the other commands that compute nothing without TensorFlow', async () => {
    const volumes = { '/shared': sharedFolder() };
    const store = ['--store', '/shared/runs/store'];
    const place = ['--data', '/shared/corpus/manifest.jsonl', '--out', '/shared/runs/first', '--workers', '1'];
    const submitted = await run(coordinator, mlip('submit', '/shared/small.yaml', ...place, ...store), volumes).ended;
    expect(submitted.status, submitted.output).toBe(0);
    for (const command of [
      ['events', ...store],
      ['config', 'show', 'mlip-nano'],
      ['status', '--help'],
    ]) {
      const { status, output } = await run(coordinator, mlip(...command), volumes).ended;
      expect(status, output).toBe(0);
    }
  });
});
