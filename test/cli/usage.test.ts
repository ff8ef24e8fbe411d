// The command line's manners: help, exit statuses, what goes to which stream.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { mlip } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('help', () => {
  it.each([
    [['--help']],
    [['help']],
    [['train', '--help']],
    [['eval', 'retrieval', '--help']],
    [['eval', 'separability', '--help']],
    [['eval', 'zero-shot', '--help']],
    [['eval', 'probe', '--help']],
    [['ablate', '--help']],
    [['fetch', '--help']],
  ])('%j begins with examples and ends with status 0', async (args) => {
    const { status, stdout, stderr } = await mlip(args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Examples:\n {2}mlip /);
    expect(stderr).toBe('');
  });

  it('the version is that of the package', async () => {
    const { status, stdout } = await mlip(['--version']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a wrong command line ends with status 2, says what was meant and leaves stdout empty', () => {
  it.each([
    [[], 'a command is missing'],
    [['trian', 'clip-nano'], 'Did you mean train?'],
    [['train', 'clip-nano', '--worker', '2'], 'Did you mean --workers?'],
    [['train'], 'a recipe or a configuration file is missing'],
    [['train', 'clip-nanno'], 'Did you mean clip-nano?'],
    [['train', 'clip-nano', '--workers', '0'], 'It must be at least 1.'],
    [['train', 'clip-nano', '--workers', 'two'], 'It must be a whole number.'],
    [['train', 'clip-nano', '--steps'], 'argument missing'],
    [['train', 'clip-nano', '--resume'], '--resume needs --out'],
    [['train', 'clip-nano', '--out', 'runs/a\nb'], 'MLIP_E_OUT_PATH'],
    [['coordinator', 'clip-nano', '--workers', '1', '--out', 'a\u001b[2Jb'], String.raw`--out "a\u{1b}[2Jb"`],
    [['submit', 'clip-nano', '--workers', '1', '--out', ''], 'is empty'],
    [['ablate', 'mlip-nano', '--out', 'a\tb'], 'MLIP_E_OUT_PATH'],
    [['demo', '--out', '\u007f'], 'MLIP_E_OUT_PATH'],
    [['train', 'clip-nano', 'extra'], 'too many arguments'],
    [['train', 'clip-nano', '--set', 'optimizer.learningrate=1'], 'Did you mean optimizer.learningRate?'],
    [['train', 'clip-nano', '--set', 'batchSize=30', '--json'], 'must divide batchSize'],
    [['train', 'clip-nano', '--set', 'microBatchSize=1'], 'microBatchSize'],
    [['config', 'show', 'none.yaml'], 'there is no file none.yaml'],
    [['worker', '--coordinator', 'nowhere'], 'nowhere'],
    [['coordinator', 'clip-nano'], '--workers'],
    [['fetch', 'first', '--out', 'o'], 'a store is missing'],
    [['fetch', 'first', '--store', 's'], '--out'],
    [['eval', 'retrieval', '--checkpoint', 'c', '--data', 'm', '--split', 'tests'], 'Allowed choices are'],
    [['eval', 'separability', '--checkpoint', 'c', '--images', 'i', '--classes', 'normal'], 'two different labels'],
    [['eval', 'separability', '--checkpoint', 'c', '--images', 'i', '--classes', 'a,a'], 'two different labels'],
    [['eval', 'separability', '--checkpoint', 'c'], '--images'],
    [['eval', 'zero-shot', '--checkpoint', 'c', '--data', 'm', '--split', 'all'], 'Allowed choices are'],
    [['eval', 'probe', '--checkpoint', 'c', '--data', 'm', '--split', 'train'], 'Allowed choices are'],
    [['ablate'], 'missing required argument'],
    [['ablate', 'clip-nano'], 'clip-nano trains with the global contrast alone'],
    [['ablate', 'clip-nano', '--axes', 'itm,'], 'names, separated by commas'],
  ])('%j', async (args, expected) => {
    const { status, stdout, stderr } = await mlip(args, { cwd: folder });
    expect(stderr).toContain(expected);
    expect(stderr).toMatch(/^error MLIP_E_\w+: /m);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

describe('errors', () => {
  it('show their stack with --debug only', async () => {
    const { stderr } = await mlip(['config', 'show', 'clip-nanno', '--debug']);
    expect(stderr).toMatch(/^\s+at /m);
    expect(stderr.trim().split('\n').slice(-2)[0]).toContain('error MLIP_E_CONFIG_UNKNOWN_RECIPE');
  });

  it('have no colours where stderr is no terminal', async () => {
    const { stderr } = await mlip(['config', 'show', 'clip-nanno']);
    expect(stderr).not.toContain('\x1b');
  });

  it('name an unknown MLIP_ variable in a warning and go on', async () => {
    const { status, stderr } = await mlip(['config', 'show', 'clip-nano'], { env: { MLIP_BATCHSIZE: '4' } });
    expect(status).toBe(0);
    expect(stderr).toContain('Did you mean MLIP_BATCH_SIZE?');
  });
});

it('a reader that goes away early is no error', async () => {
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', `"${process.execPath}" bin/mlip.js help | true`]);
  expect(stdout + stderr).toBe('');
});

describe('config show', () => {
  it('prints where a value was set', async () => {
    const { stdout } = await mlip(['config', 'show', 'clip-nano', '--origin', '--seed', '7'], {
      env: { MLIP_EPOCHS: '3' },
    });
    expect(stdout).toContain('seed: 7 # flag --seed 7');
    expect(stdout).toContain('epochs: 3 # environment MLIP_EPOCHS');
  });

  it('prints one JSON object', async () => {
    const { stdout } = await mlip(['config', 'show', 'clip-nano', '--json']);
    const { config, origins } = JSON.parse(stdout) as { config: { name: string }; origins: Record<string, string> };
    expect(config.name).toBe('clip-nano');
    expect(origins['name']).toContain('recipe clip-nano');
  });
});
