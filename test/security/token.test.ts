/** The run token: where it comes from, and that nothing shows it by accident. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/core/log.js';
import { RunToken } from '../../src/security/run-token.js';
import { findToken, requireToken, tokenOfDirectory } from '../../src/security/token-source.js';

const SECRET = 'a-secret-of-some-length';
let folder: string;
let lines: string[];
const log = createLogger({ name: 'test', write: (line) => lines.push(line) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlip-token-'));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a run token', () => {
  const token = new RunToken(SECRET, 'here');

  it('matches itself and nothing else', () => {
    expect(token.matches(SECRET)).toBe(true);
    for (const other of [
      '',
      SECRET.slice(1),
      `${SECRET} `,
      undefined,
      1,
      Buffer.from(SECRET),
      ['x'],
      'x'.repeat(1e6),
    ]) {
      expect(token.matches(other)).toBe(false);
    }
  });

  it('shows itself to no log, error, template or JSON', () => {
    const shown = [String(token), JSON.stringify({ token }), inspect(token), inspect({ a: [token] }, { depth: 9 })];
    for (const text of shown) expect(text).not.toContain(SECRET);
    expect(Object.keys(token)).toEqual([]);
  });

  it('gives each run’s ring another proof, from which it cannot be read', () => {
    expect(token.forRing('run-1')).not.toBe(token.forRing('run-2'));
    expect(token.forRing('run-1')).not.toBe(RunToken.random().forRing('run-1'));
    expect(token.forRing('run-1')).not.toContain(SECRET);
  });

  it.each([
    'short',
    '',
    'x'.repeat(300),
    'with spaces in between it',
    'größer-als-ascii-erlaubt',
    'line\nend-in-the-middle',
  ])('is not %j, and the error does not repeat it', (text) => {
    try {
      expect(new RunToken(text, 'MLIP_TOKEN')).toBeUndefined();
    } catch (error) {
      expect(error).toMatchObject({ code: 'MLIP_E_TOKEN_UNUSABLE', where: 'MLIP_TOKEN' });
      if (text !== '') expect(inspect(error)).not.toContain(text);
    }
  });

  it('is random where nobody chose it', () => {
    expect(RunToken.random().reveal()).not.toBe(RunToken.random().reveal());
    expect(RunToken.random().reveal().length).toBeGreaterThanOrEqual(40);
  });
});

describe('the token of a command', () => {
  const file = (text: string, mode = 0o600): string => {
    const path = join(folder, 'given');
    writeFileSync(path, text, { mode });
    chmodSync(path, mode);
    return path;
  };

  it('is that of the file, else of the environment, else none', () => {
    expect(findToken(file(`${SECRET}\n`), { MLIP_TOKEN: 'of-the-environment' }, log)?.matches(SECRET)).toBe(true);
    expect(findToken(undefined, { MLIP_TOKEN: SECRET }, log)?.matches(SECRET)).toBe(true);
    expect(findToken(undefined, { MLIP_TOKEN: '' }, log)).toBeNull();
    expect(findToken(undefined, {}, log)).toBeNull();
  });

  it('that is missing says what to do', () => {
    expect(() => requireToken(undefined, {}, log)).toThrow(
      expect.objectContaining({
        code: 'MLIP_E_TOKEN_MISSING',
        remedy: expect.stringMatching(/OUT\/token.*--token-file.*MLIP_TOKEN/s) as string,
      }),
    );
  });

  it('cannot be in a file that is not there', () => {
    const path = join(folder, 'missing');
    expect(() => findToken(path, {}, log)).toThrow(
      expect.objectContaining({ code: 'MLIP_E_TOKEN_UNUSABLE', where: path }),
    );
  });

  it('in a file that everybody can read is remarked upon', () => {
    findToken(file(SECRET), {}, log);
    expect(lines).toEqual([]);
    findToken(file(SECRET, 0o644), {}, log);
    expect(lines.join()).toContain('chmod 600');
    expect(lines.join()).not.toContain(SECRET);
  });
});

describe('the token of an output directory', () => {
  it('is made once, for its owner alone, and is the same afterwards', () => {
    const made = tokenOfDirectory(folder, log);
    expect(made).toMatchObject({ path: join(folder, 'token'), created: true });
    expect(statSync(made.path).mode & 0o777).toBe(0o600);
    const again = tokenOfDirectory(folder, log);
    expect(again.created).toBe(false);
    expect(again.token.matches(made.token.reveal())).toBe(true);
    expect(readFileSync(made.path, 'utf8')).toBe(`${made.token.reveal()}\n`);
  });

  it('is made without touching what a process of the same number on another machine is writing', () => {
    const theirs = join(folder, `token.${process.pid}`);
    writeFileSync(theirs, 'theirs');
    expect(tokenOfDirectory(folder, log).created).toBe(true);
    expect(existsSync(theirs) && readFileSync(theirs, 'utf8')).toBe('theirs');
    expect(readdirSync(folder).sort()).toEqual(['token', `token.${process.pid}`]);
  });

  it('is that of the first where several coordinators start at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, async () => tokenOfDirectory(folder, log)));
    expect(new Set(all.map(({ token }) => token.reveal())).size).toBe(1);
  });
});
