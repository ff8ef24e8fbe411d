/**
 * Builds the stages of a Dockerfile without a container engine: this machine stands in the place of the base images, and
 * what each instruction says is done in a layer over it, with the paths that it has in an image.
 */
import { type ChildProcess, type StdioOptions } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { cacheDirectory } from '../../src/engine/library-paths.js';
import { packageRoot } from '../../src/core/package-root.js';
import { assignments, type Stage } from './dockerfile.js';
import { baseLayer, begin, change, type Layers, newFolder, quoted, stacked } from './layers.js';

export interface Image {
  layers: Layers;
  workdir: string;
  env: Readonly<Record<string, string>>;
  /** UID:GID. */
  user: string;
}

const built = new Map<string, Image>();
let bare: Image | undefined;

/** What two Dockerfiles have in common is built once. */
export function build(stages: readonly Stage[], name: string): Image {
  const stage = stages.find((one) => one.name === name);
  if (stage === undefined) throw new Error(`no stage ${name}`);
  bare ??= { layers: [baseLayer()], workdir: '/', env: {}, user: '0:0' };
  const under = stages.some((one) => one.name === stage.base) ? build(stages, stage.base) : bare;
  const sources = stage.instructions.flatMap(({ text }) => sourceStage(text) ?? []);
  const key = JSON.stringify([under.layers, sources.map((source) => build(stages, source).layers), stage.instructions]);
  const image = built.get(key) ?? carryOut(stage, under, stages);
  built.set(key, image);
  return image;
}

function sourceStage(text: string): string | undefined {
  return /^--from=(\S+)/.exec(text)?.[1];
}

function carryOut(stage: Stage, under: Image, stages: readonly Stage[]): Image {
  let image: Image = { ...under, layers: [newFolder('layer'), ...under.layers] };
  for (const instruction of stage.instructions) {
    const { name, text } = instruction;
    if (name === 'WORKDIR') image = { ...image, workdir: text };
    if (name === 'USER') image = { ...image, user: text };
    if (name === 'ENV') image = { ...image, env: { ...image.env, ...assignments([instruction], 'ENV') } };
    if (name === 'COPY') copy(image, text, stages);
    if (name === 'RUN') run(image, text);
  }
  return image;
}

function copy({ layers, workdir }: Image, text: string, stages: readonly Stage[]): void {
  const words = text.split(/\s+/).filter((word) => !word.startsWith('--'));
  const from = sourceStage(text);
  const source = from === undefined ? packageRoot : newFolder('source');
  const lines =
    from === undefined ? [] : [`mount -t overlay overlay -o lowerdir=${stacked(build(stages, from).layers)} ${source}`];
  const target = `$R${quoted(pathIn(workdir, words.at(-1)!))}`;
  for (const path of words.slice(0, -1).map((word) => quoted(join(source, word)))) {
    // A folder's contents, but a file as itself.
    lines.push(`if [ -d ${path} ]; then mkdir -p ${target}; cp -a ${path}/. ${target}`);
    lines.push(`else mkdir -p $(dirname ${target}x); cp -a ${path} ${target}; fi`);
  }
  change(layers, [...lines, `chown -R 0:0 ${target}`].join('\n'));
}

/** A slash at the end says that it is a folder. */
function pathIn(workdir: string, path: string): string {
  return resolve(workdir, path) + (path.endsWith('/') ? '/' : '');
}

const CACHE_MOUNT = /--mount=type=cache,target=(\S+)\s+/g;

function run({ layers, workdir, env }: Image, text: string): void {
  const mounts = Array.from(text.matchAll(CACHE_MOUNT), ([, target]) => {
    return `mkdir -p $R${target} && mount --bind ${cacheOf(target)} $R${target}`;
  });
  const command = `cd ${quoted(workdir)} && ${text.replace(CACHE_MOUNT, '')}`;
  change(layers, [...mounts, `chroot $R env ${variables(env)} sh -c ${quoted(command)}`].join('\n'));
}

/** What was downloaded once on this machine need not be again; that is what such mounts are for. */
function cacheOf(target: string): string {
  const folder = { '/var/cache/mlip': cacheDirectory(), '/root/.npm': join(homedir(), '.npm') }[target];
  if (folder === undefined) throw new Error(`no cache for ${target}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export interface StartOptions {
  env?: Readonly<Record<string, string>>;
  /** Path in the image -> folder of this machine. */
  volumes?: Readonly<Record<string, string>>;
  stdio?: StdioOptions;
}

/** As a cluster does: by the image's user, without any right, on a root that cannot be written. */
export function start(
  image: Image,
  command: readonly string[],
  { env, volumes = {}, stdio }: StartOptions,
): ChildProcess {
  const [uid, gid] = image.user.split(':');
  const rights = `setpriv --reuid ${uid} --regid ${gid} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all`;
  const mounts = Object.entries(volumes).map(([path, folder]) => `mount --bind ${folder} $R${path}`);
  const environment = variables({ PATH: '/usr/local/bin:/usr/bin:/bin', ...image.env, ...env });
  const process = `exec chroot $R env -i ${environment} ${rights} ${command.map(quoted).join(' ')}`;
  return begin(image.layers, [...mounts, process].join('\n'), stdio);
}

function variables(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => quoted(`${name}=${value}`))
    .join(' ');
}
