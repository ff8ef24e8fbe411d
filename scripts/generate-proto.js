/**
 * Writes proto/generated/ from proto/mlip/v1/: static encoders and decoders (no reflection) and their types.
 *
 *   npm run proto           writes them
 *   npm run proto:check     fails if they are not those of the current proto files
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pbjs from 'protobufjs-cli/pbjs.js';

const root = join(import.meta.dirname, '..');
const target = join(root, 'proto', 'generated');
const encodeAndDecodeOnly = [
  ...['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'],
  ...['-t', 'static-module', '-w', 'esm', '-r', 'mlip', '--dependency', 'protobufjs/minimal.js'],
];

const scratch = mkdtempSync(join(tmpdir(), 'mlip-proto-'));
try {
  const generated = await generate();
  if (process.argv.includes('--check')) check(generated);
  else for (const [name, text] of generated) writeFileSync(join(target, name), text);
} finally {
  rmSync(scratch, { recursive: true });
}

/** File name -> text. The types are taken from a commented rendering, the code from one without comments. */
async function generate() {
  await run('commented.js', '--alt-comment', '--dts');
  await run('mlip.js', '--no-comments');
  return new Map([
    ['mlip.js', readFileSync(join(scratch, 'mlip.js'), 'utf8')],
    ['mlip.d.ts', readFileSync(join(scratch, 'commented.d.ts'), 'utf8')],
  ]);
}

async function run(output, ...options) {
  const protos = join(root, 'proto');
  const files = ['-p', protos, '-o', join(scratch, output), join(protos, 'mlip/v1/coordinator.proto')];
  await promisify(pbjs.main)([...encodeAndDecodeOnly, ...options, ...files]);
}

function check(generated) {
  const stale = [...generated].filter(([name, text]) => text !== readOrEmpty(join(target, name)));
  if (stale.length === 0) return;
  console.error(`proto/generated is not current (${stale.map(([name]) => name).join(', ')}): run npm run proto`);
  process.exitCode = 1;
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
