/** A run of real processes, with certificates: its token is in no argument, file or line that it leaves. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, mlip } from '../cli/run-cli.js';
import { type SmallRun, metrics, pidsOf, smallRun, untilStep } from '../cli/small-run.js';

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
});
afterAll(() => small.remove());

/** All files below a directory. */
function filesOf(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return all.filter((path) => statSync(path).isFile());
}

/** What `ps` shows to everybody. */
function commandLines(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')).join('\n');
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

describe.skipIf(process.platform !== 'linux')('a run that mlip train starts', () => {
  let result: CliResult;
  let tokens: string[];
  let shown: string;

  beforeAll(async () => {
    const certs = small.path('certs');
    expect((await mlip(['certs', '--out', certs])).status).toBe(0);
    const tls = ['ca', 'cert', 'key'].flatMap((part, index) => {
      return [`--tls-${part}`, join(certs, ['ca.pem', 'worker.pem', 'worker-key.pem'][index])];
    });
    const running = mlip(small.train('out', '--workers', '2', '--steps', '12', '--debug', ...tls), {
      env: { MLIP_LOG: 'json' },
    });
    const pids = pidsOf(await untilStep(small.path('out'), 1));
    shown = commandLines();
    tokens = pids.map((pid) => /MLIP_TOKEN=([^\0]+)/.exec(readOrEmpty(`/proc/${pid}/environ`))?.[1] ?? '');
    result = await running;
  });

  it('trains to its end over TLS, coordinator, ring and launcher', () => {
    expect(result.stderr).not.toContain('"level":"error"');
    expect(result.status).toBe(0);
    expect(metrics(small.path('out'))).toHaveLength(12);
  });

  it('gives all its processes one token, by their environment', () => {
    expect(tokens).toHaveLength(3);
    expect(tokens[0].length).toBeGreaterThanOrEqual(40);
    expect(new Set(tokens).size).toBe(1);
  });

  it('shows it to nobody: not in arguments, in what it says, or in a file, but one for its owner alone', () => {
    expect(shown).toContain(small.path('out'));
    expect(shown).not.toContain(tokens[0]);
    expect(result.stderr.length).toBeGreaterThan(1_000);
    for (const text of [result.stdout, result.stderr]) expect(text).not.toContain(tokens[0]);
    const left = small.path('out', 'token');
    expect(statSync(left).mode & 0o777).toBe(0o600);
    expect(readFileSync(left, 'utf8')).toBe(`${tokens[0]}\n`);
    const files = filesOf(small.path('out')).filter((path) => path !== left);
    expect(files.length).toBeGreaterThan(5);
    for (const path of files) expect(readFileSync(path).includes(tokens[0])).toBe(false);
  });
});

describe('a worker', () => {
  it('without a token is told what to do, before anything is loaded', async () => {
    const { status, stderr } = await mlip(['worker', '--coordinator', '127.0.0.1:9'], { env: { MLIP_TOKEN: '' } });
    expect(status).toBe(2);
    expect(stderr).toMatch(/MLIP_E_TOKEN_MISSING.*OUT\/token.*--token-file/s);
  });

  it('with a token that could be guessed is refused without repeating it', async () => {
    const { status, stderr } = await mlip(['worker', '--coordinator', '127.0.0.1:9'], {
      env: { MLIP_TOKEN: 'hunter2' },
    });
    expect(status).toBe(2);
    expect(stderr).toContain('MLIP_E_TOKEN_UNUSABLE');
    expect(stderr).not.toContain('hunter2');
  });

  it('needs all three files of TLS, or none', async () => {
    const env = { MLIP_TOKEN: 'a-token-of-some-length', MLIP_TLS_CERT: 'x.pem' };
    const { status, stderr } = await mlip(['worker', '--coordinator', '127.0.0.1:9'], { env });
    expect(status).toBe(2);
    expect(stderr).toContain('--tls-ca, --tls-cert and --tls-key belong together');
  });
});
