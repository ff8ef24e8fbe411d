/** compose.yaml, as Compose's own loader reads it, and the files that it gives to the others' images. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../src/core/package-root.js';
import { goTool } from '../support/go-tool.js';
import { findNatsServer, NATS_VERSION } from '../support/nats-provision.js';
import { commandLineFault } from './command-lines.js';
import { readDockerfile } from './dockerfile.js';

const loader = await goTool('github.com/compose-spec/compose-go/v2/cmd', 'v2.9.1');
if ('missing' in loader) process.stderr.write(`not tested: ${loader.missing}\n`);
const folder = join(packageRoot, 'deploy/compose');
const text = readFileSync(join(folder, 'compose.yaml'), 'utf8');

interface Service {
  image: string;
  command?: string[];
  build?: { context: string; dockerfile: string; target?: string };
  volumes?: (string | { type: string; source: string })[];
  depends_on?: Record<string, unknown>;
  read_only?: boolean;
  cap_drop?: string[];
  environment?: Record<string, string>;
  deploy?: { replicas: number };
}

interface Loaded {
  services: Record<string, Service>;
  volumes?: Record<string, unknown>;
  /** What is wrong with it; empty where nothing is. */
  said: string;
}

/** @param compose text of a compose.yaml */
function load(compose: string): Loaded {
  const file = join(mkdtempSync(join(tmpdir(), 'mlip-compose-')), 'compose.yaml');
  writeFileSync(file, compose);
  const args = ['-no-interpolation', '-format', 'json', file];
  const { stdout, stderr } = spawnSync((loader as { path: string }).path, args, { cwd: folder, encoding: 'utf8' });
  const loaded = (stdout === '' ? { services: {} } : JSON.parse(stdout)) as Omit<Loaded, 'said'>;
  return { ...loaded, said: stderr };
}

/** The loader checks the form only. */
function referenceFaults({ services, volumes = {} }: Loaded): string[] {
  return Object.values(services).flatMap((service) => [
    ...Object.keys(service.depends_on ?? {}).flatMap((name) => (name in services ? [] : [`no service ${name}`])),
    ...(service.volumes ?? []).flatMap((volume) => {
      return typeof volume === 'string' || volume.type !== 'volume' || volume.source in volumes
        ? []
        : [`no volume ${volume.source}`];
    }),
  ]);
}

describe.skipIf('missing' in loader)('compose.yaml', () => {
  it('starts a coordinator, two workers and what is around them', () => {
    const { services, said } = load(text);
    expect(said).toBe('');
    expect(Object.keys(services).sort()).toEqual(['coordinator', 'grafana', 'nats', 'prometheus', 'shared', 'worker']);
    expect(services['worker'].deploy).toEqual({ replicas: 2 });
  });

  it('names nothing that is not there', () => {
    expect(referenceFaults(load(text))).toEqual([]);
  });

  it.each([
    ['services:', 'servces:', "additional properties 'servces' not allowed"],
    ['cap_drop:', 'cap_dropped:', "additional properties 'cap_dropped' not allowed"],
    ['nats: { condition', 'natz: { condition', 'no service natz'],
    ["volumes: ['shared:/shared']", "volumes: ['sharde:/shared']", 'no volume sharde'],
  ])('is found out with %s as %s', (right, wrong, said) => {
    expect(text).toContain(right);
    const loaded = load(text.replaceAll(right, wrong));
    expect([loaded.said, ...referenceFaults(loaded)].join('\n')).toContain(said);
  });

  it('gives mlip command lines that it understands, and no rights', () => {
    const { services } = load(text);
    for (const name of ['coordinator', 'worker']) {
      const { command, read_only, cap_drop } = services[name];
      expect(commandLineFault(command!)).toBeNull();
      expect({ read_only, cap_drop }).toEqual({ read_only: true, cap_drop: ['ALL'] });
    }
  });
});

describe('the files of compose.yaml', () => {
  const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };

  it('are there, and so are the Dockerfiles and their targets', () => {
    for (const { build, volumes = [] } of Object.values(services)) {
      const paths = volumes.flatMap((volume) =>
        typeof volume === 'string' && volume.startsWith('.') ? volume.split(':')[0] : [],
      );
      for (const path of paths) expect(existsSync(join(folder, path)), path).toBe(true);
      if (build === undefined) continue;
      const stages = readDockerfile(build.dockerfile.replace('deploy/docker/', '')).map(({ name }) => name);
      if (build.target !== undefined) expect(stages).toContain(build.target);
    }
  });

  it('ask for each secret by name where it is missing', () => {
    const asked = Array.from(text.matchAll(/\$\{(\w+):\?/g), ([, name]) => name);
    expect(asked).toEqual(['MLIP_TOKEN', 'MLIP_NATS_TOKEN', 'GRAFANA_PASSWORD']);
  });

  it.skipIf(findNatsServer() === undefined)(
    'give NATS, of the version that is tested, a configuration that it takes',
    () => {
      expect(services['nats'].image).toBe(`nats:${NATS_VERSION.slice(1)}-alpine`);
      const env = { ...process.env, NATS_TOKEN: 'abc' };
      const { status, stderr } = spawnSync(findNatsServer()!, ['-t', '-c', join(folder, 'nats.conf')], {
        env,
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
    },
  );

  it('give Prometheus a configuration that it takes, for the port of the metrics', ({ skip }) => {
    if (spawnSync('promtool', ['--version']).status !== 0) return skip('there is no promtool');
    const config = readFileSync(join(folder, 'prometheus.yaml'), 'utf8');
    const file = join(mkdtempSync(join(tmpdir(), 'mlip-prometheus-')), 'prometheus.yaml');
    const alerts = join(packageRoot, 'deploy/helm/mlip/files/alerts.yaml');
    writeFileSync(file, config.replace('/etc/prometheus/alerts.yaml', alerts));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', file], { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
    for (const name of ['coordinator', 'worker']) expect(services[name].command).toContain('--metrics-port=9464');
    expect(config).toContain('port: 9464');
  });
});
