// What leaves a run has no secrets in it: known ones, and what looks like one.
import { expect, it } from 'vitest';
import { holdsSecret, secretsOfEnvironment, strictRedactor } from '../../src/security/redact.js';

const SECRET = 'q8Xv-3kQ_zZ0pLmN7aTbYcRd';

it.each([
  ['a known one', `joined with ${SECRET}.`, 'joined with [hidden].'],
  ['a password in an address', 'nats://bob:hunter2@host:4222/x', 'nats://bob:[hidden]@host:4222/x'],
  ['a token in an address', 'nats://s3cr3tt0ken@host', 'nats://[hidden]@host'],
  ['a header', 'Authorization: Bearer abcdefghijk', 'Authorization: Bearer [hidden]'],
  ['an option', '--token=abcdefghijk --out x', '--token=[hidden] --out x'],
  ['a field of JSON', '{"password":"abcdefghijk","rank":1}', '{"password":"[hidden]","rank":1}'],
  ['a variable', 'AWS_SECRET_ACCESS_KEY=abcd/efgh+ijkl', 'AWS_SECRET_ACCESS_KEY=[hidden]'],
  ['a web token', `x eyJhbGciOiJ9.eyJzdWIiOiI0.c2lnbmF0dXJl y`, 'x [hidden] y'],
  ['a seed', `SU${'A'.repeat(56)}`, '[hidden]'],
  ['a key id', 'AKIAIOSFODNN7EXAMPLE', '[hidden]'],
  ['a private key', '-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----', '[hidden]'],
])('%s is taken out', (_, text, shown) => {
  expect(strictRedactor([SECRET])(text)).toBe(shown);
});

it.each([
  'workers need the token that was made in /runs/first/token: --token-file, or MLIP_TOKEN',
  'MLIP_E_TOKEN_WRONG: the run has another token',
  '{"step":12,"loss":0.25,"tokens":1024,"maxPieces":16}',
  'http://collector:4318/v1/traces',
  'worker 1 on 10.0.0.6:4000',
])('what is none stays: %s', (text) => {
  expect(strictRedactor([SECRET])(text)).toBe(text);
});

it('the names of variables tell which values are secrets', () => {
  const env = {
    MLIP_TOKEN: SECRET,
    NATS_PASSWORD: 'long-enough',
    AWS_SECRET_ACCESS_KEY: 'abcdefgh',
    DB_PWD: 'not-for-you',
    HOME: '/home/bob',
    PWD: '/home/bob/work',
    OLDPWD: '/home/bob/before',
    SHORT_TOKEN: 'a',
  };
  expect(secretsOfEnvironment(env)).toEqual([SECRET, 'long-enough', 'abcdefgh', 'not-for-you']);
});

it.each(['', 'a', 'ab', 'abc'])('a secret is found in bytes, also in base64 and hexadecimal (after "%s")', (before) => {
  for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
    const text = Buffer.from(`${before}${SECRET} and more`).toString(encoding);
    expect(holdsSecret(Buffer.from(`\0${text}\0`), [SECRET]), encoding).toBe(true);
  }
  expect(holdsSecret(Buffer.from(`${before}${SECRET.slice(1)}`), [SECRET])).toBe(false);
});

it.each([
  ['nats://user:p@ssw0rdlong@host', 'nats://user:[hidden]@host'],
  ['mlip --secret abcdefghijkl --debug', 'mlip --secret [hidden] --debug'],
  [
    String.raw`{"message":"got {\"password\":\"abcdefgh1\"}"}`,
    String.raw`{"message":"got {\"password\":\"[hidden]\"}"}`,
  ],
  ['"password": "correct horse battery"', '"password": "[hidden]"'],
  ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic [hidden]'],
  ['ghp_0123456789abcdefABCD', '[hidden]'],
  ['Basic authentication failed; --token-file /x; MLIP_E_TOKEN_WRONG: the run has another token', null],
])('%s is seen for what it is', (text, shown) => {
  expect(strictRedactor([])(text)).toBe(shown ?? text);
});

it('a long line of anything takes no time', () => {
  const begun = performance.now();
  strictRedactor([])('a-'.repeat(50_000));
  expect(performance.now() - begun).toBeLessThan(2_000);
});
