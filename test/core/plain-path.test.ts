/** Which paths an output directory may have; a coordinator refuses the others before it touches the disk. */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatSubmission, parseSubmission, type Submission } from '../../src/coordinator/submission.js';
import { isPlainPath, requirePlainPath } from '../../src/core/plain-path.js';
import { scratch, startRun, testConfig } from '../coordinator/harness.js';

const ODD = [
  '',
  '  ',
  'a\0b',
  'a\nb',
  'a\rb',
  'a\tb',
  '\u001b]0;x\u0007',
  'a\u007f',
  'a\u0085b',
  'a\u2028b',
  'a\ud800b',
];

describe.each(ODD)('the path %j', (path) => {
  it('is refused, and shown so that no terminal obeys it', () => {
    expect(isPlainPath(path)).toBe(false);
    const error = catchError(() => requirePlainPath(path));
    expect(error).toMatchObject({ code: 'MLIP_E_OUT_PATH', exitCode: 2 });
    expect(error.where).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
  });
});

it.each(['runs/first', '/data/Läufe/erster Lauf', 'C:\\runs', '研究/一', 'a 👩‍🔬 b'])('%s is as good as any', (path) => {
  expect(requirePlainPath(path)).toBe(path);
});

it('a coordinator makes no directory of such a name', async () => {
  const parent = scratch();
  await expect(startRun({ out: `${parent}/a\nb` })).rejects.toMatchObject({ code: 'MLIP_E_OUT_PATH' });
  await expect(startRun({ out: `${parent}/a\0b` })).rejects.toMatchObject({ code: 'MLIP_E_OUT_PATH' });
  expect(existsSync(parent) && readdirSync(parent)).toEqual([]);
});

it('a submitted run with such a directory is not taken', () => {
  const run: Submission = {
    ...{
      version: 1,
      id: 'i',
      name: 'r',
      workers: 1,
      resume: false,
      out: '/runs/r',
      config: testConfig(),
      configText: '',
    },
  };
  expect(parseSubmission(formatSubmission(run)).out).toBe('/runs/r');
  expect(() => parseSubmission(formatSubmission({ ...run, out: '/runs/a\0b' }))).toThrow(
    expect.objectContaining({ code: 'MLIP_E_SUBMISSION' }) as Error,
  );
});

function catchError(action: () => unknown): Error & { where?: string } {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
