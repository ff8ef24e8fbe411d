// Who may use a NATS server: each kind of credentials, TLS, and what is said where they are wrong. Secrets are never said.
import { encodeAccount, encodeOperator, encodeUser, fmtCreds } from '@nats-io/jwt';
import { nkeys } from '@nats-io/transport-node';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MlipError } from '../../src/core/errors.js';
import { openStore, type StoreChoice } from '../../src/bus/open-store.js';
import { findNatsServer } from '../support/nats-provision.js';
import { startNatsServer, type NatsServer } from '../support/nats-server.js';
import { hasOpenssl, makeAuthority, type Authority } from './certificates.js';
import { bytes, take } from './contract/opened.js';
import { makeDirectory, removeDirectory, temporaryDirectory } from './temporary.js';

const SECRET = 'open-sesame';
const WRONG = 'sesame-shut';

async function serverWith(config: string): Promise<NatsServer> {
  const server = await startNatsServer({ directory: temporaryDirectory(), config });
  onTestFinished(() => server.kill());
  return server;
}

function fileWith(content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), 'secret');
  writeFileSync(path, content);
  return path;
}

/** Opens a store and uses it. */
async function use(choice: StoreChoice): Promise<void> {
  const store = await openStore({ env: {}, patienceMs: 3000, ...choice });
  try {
    const keyValue = await store.keyValue('bucket');
    const revision = (await keyValue.get('key'))?.revision ?? 0;
    expect(await keyValue.compareAndSet('key', bytes('a'), revision)).toBeGreaterThan(0);
  } finally {
    await store.close();
  }
}

async function failureOf(choice: StoreChoice): Promise<MlipError> {
  const error = await use(choice).then(
    () => 'no error',
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(MlipError);
  // As a log or --debug would print it, causes included.
  const shown = inspect(error, { depth: 9 });
  expect(shown).not.toContain(SECRET);
  expect(shown).not.toContain(WRONG);
  return error as MlipError;
}

const expectRefused = async (choice: StoreChoice): Promise<void> => {
  expect((await failureOf(choice)).code).toBe('MLIP_E_STORE_AUTH');
};

describe.skipIf(findNatsServer() === undefined)('a NATS server that wants to know who comes', () => {
  it('takes a user with a password, from the environment or a file', async () => {
    const { address: nats } = await serverWith(`authorization { user: alice, password: "${SECRET}" }`);
    await use({ nats, env: { MLIP_NATS_USER: 'alice', MLIP_NATS_PASSWORD: SECRET } });
    await use({ nats, env: { MLIP_NATS_USER: 'alice', MLIP_NATS_PASSWORD_FILE: fileWith(`${SECRET}\n`) } });
    await expectRefused({ nats });
    await expectRefused({ nats, env: { MLIP_NATS_USER: 'alice', MLIP_NATS_PASSWORD: WRONG } });
    await expectRefused({ nats, env: { MLIP_NATS_USER: 'alice' } });
    await expectRefused({ nats, env: { MLIP_NATS_PASSWORD: SECRET } });
    await expectRefused({ nats, env: { MLIP_NATS_TOKEN: SECRET } });
  });

  it('takes a token, from the environment or a file', async () => {
    const { address: nats } = await serverWith(`authorization { token: "${SECRET}" }`);
    await use({ nats, env: { MLIP_NATS_TOKEN: SECRET } });
    await use({ nats, env: { MLIP_NATS_TOKEN_FILE: fileWith(SECRET) } });
    await expectRefused({ nats, env: { MLIP_NATS_TOKEN: WRONG } });
  });

  it('takes an NKey from the file of its seed', async () => {
    const [known, unknown] = [nkeys.createUser(), nkeys.createUser()];
    const { address: nats } = await serverWith(`authorization { users: [ { nkey: ${known.getPublicKey()} } ] }`);
    await use({ nats, env: { MLIP_NATS_NKEY_FILE: fileWith(known.getSeed()) } });
    await expectRefused({ nats, env: { MLIP_NATS_NKEY_FILE: fileWith(unknown.getSeed()) } });
  });

  it('takes a creds file', async () => {
    const operator = nkeys.createOperator();
    const [system, account, stranger] = [nkeys.createAccount(), nkeys.createAccount(), nkeys.createAccount()];
    const user = nkeys.createUser();
    const credsBy = async (signer: typeof account): Promise<string> =>
      fileWith(fmtCreds(await encodeUser('user', user, signer, {}), user));
    const all = { conn: -1, subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true };
    const stores = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
    const accountJwt = (key: typeof account, limits: object): Promise<string> =>
      encodeAccount('account', key, { limits }, { signer: operator });
    const { address: nats } = await serverWith(`operator: ${await encodeOperator('operator', operator)}
resolver: MEMORY
system_account: ${system.getPublicKey()}
resolver_preload: {
  ${system.getPublicKey()}: ${await accountJwt(system, all)}
  ${account.getPublicKey()}: ${await accountJwt(account, { ...all, ...stores })}
}`);
    await use({ nats, env: { MLIP_NATS_CREDS_FILE: await credsBy(account) } });
    await expectRefused({ nats, env: { MLIP_NATS_CREDS_FILE: await credsBy(stranger) } });
    await expectRefused({ nats });
  });

  it('is not asked at all where credentials are missing, malformed or of several kinds', async () => {
    const nats = '127.0.0.1:1';
    await expectRefused({ nats, env: { MLIP_NATS_TOKEN_FILE: join(temporaryDirectory(), 'missing') } });
    await expectRefused({ nats, env: { MLIP_NATS_NKEY_FILE: fileWith(SECRET) } });
    await expectRefused({ nats, env: { MLIP_NATS_CREDS_FILE: fileWith(SECRET) } });
    const both = await failureOf({ nats, env: { MLIP_NATS_TOKEN: SECRET, MLIP_NATS_USER: 'alice' } });
    expect([both.code, both.message]).toEqual(['MLIP_E_STORE_AUTH', 'there is more than one of a user, a token']);
  });

  it('that forbids JetStream to a user is reported', async () => {
    const { address: nats } = await serverWith(
      `authorization { users: [ { user: alice, password: "${SECRET}", permissions: { publish: "nothing" } } ] }`,
    );
    await expectRefused({ nats, env: { MLIP_NATS_USER: 'alice', MLIP_NATS_PASSWORD: SECRET } });
  });

  it('needs to give no more rights than docs/stores.md lists', async () => {
    const publish = '["$JS.API.>", "$JS.ACK.>", "$JS.FC.>", "$KV.>", "$O.>", "mlip.>"]';
    const permissions = `{ publish: ${publish}, subscribe: "_INBOX.>" }`;
    const { address: nats } = await serverWith(
      `authorization { users: [ { user: alice, password: "${SECRET}", permissions: ${permissions} } ] }`,
    );
    const env = { MLIP_NATS_USER: 'alice', MLIP_NATS_PASSWORD: SECRET };
    const store = await openStore({ nats, env, patienceMs: 3000 });
    onTestFinished(() => store.close());
    const keyValue = await store.keyValue('bucket', { ttlMs: 60_000 });
    await keyValue.remove('key', (await keyValue.compareAndSet('key', bytes('a'), 0))!);
    await keyValue.compareAndSet('key', bytes('a'), 0);
    expect(await keyValue.keys()).toEqual(['key']);
    expect(await take(keyValue.watch(new AbortController().signal), 1)).toHaveLength(1);
    const queue = await store.queue('queue', { visibilityMs: 60_000 });
    await queue.submit(bytes('a'));
    const item = (await queue.take({ waitMs: 0 }))!;
    expect([await item.inProgress(), await queue.depth(), (await queue.list()).length]).toEqual([true, 1, 1]);
    await item.done();
    const events = await store.events('log');
    await events.append(bytes('a'));
    expect(await take(events.read(), 2)).toHaveLength(1);
    const objects = await store.objects('bucket');
    await objects.put('a', new Uint8Array(1_000_000));
    expect([await objects.list(), await objects.remove('a')]).toMatchObject([[{ name: 'a' }], true]);
  });

  it('takes credentials that were renewed while it was away', async () => {
    const directory = temporaryDirectory();
    const before = await startNatsServer({ directory, config: `authorization { token: "${WRONG}" }` });
    const file = fileWith(WRONG);
    const nats = before.address;
    const store = await openStore({ nats, env: { MLIP_NATS_TOKEN_FILE: file }, patienceMs: 20_000 });
    onTestFinished(() => store.close());
    const keyValue = await store.keyValue('bucket');
    await before.kill();
    const port = Number(nats.split(':')[1]);
    const after = await startNatsServer({ directory, port, config: `authorization { token: "${SECRET}" }` });
    onTestFinished(() => after.kill());
    const setting = keyValue.compareAndSet('key', bytes('a'), 0);
    await expect.poll(() => after.log(), { timeout: 10_000 }).toContain('authentication error');
    writeFileSync(file, SECRET);
    expect(await setting).toBeGreaterThan(0);
  });
});

describe.skipIf(findNatsServer() === undefined || !hasOpenssl())('a NATS server with TLS', () => {
  let authority: Authority;
  let stranger: Authority;
  let files: { certFile: string; keyFile: string };

  const directory = makeDirectory();
  afterAll(() => removeDirectory(directory));

  beforeAll(() => {
    authority = makeAuthority(directory, 'authority');
    stranger = makeAuthority(directory, 'stranger');
    files = authority.issue('server');
  });
  const tls = (more = ''): string =>
    `tls { cert_file: "${files.certFile}", key_file: "${files.keyFile}", ca_file: "${authority.caFile}", timeout: 5 ${more} }`;
  const refused = async (choice: StoreChoice): Promise<void> => {
    expect((await failureOf(choice)).code).toBe('MLIP_E_STORE_TLS');
  };

  it('is used where its certificate is of a known authority and for its address', async () => {
    const { address } = await serverWith(tls());
    await use({ nats: address, env: { MLIP_NATS_CA_FILE: authority.caFile } });
    await use({ nats: `tls://${address}`, env: { MLIP_NATS_CA_FILE: authority.caFile } });
    await refused({ nats: address });
    await refused({ nats: address, env: { MLIP_NATS_CA_FILE: stranger.caFile } });
  });

  it('is refused where its certificate is for another address', async () => {
    files = authority.issue('elsewhere', '127.0.0.2');
    const { address: nats } = await serverWith(tls());
    files = authority.issue('server');
    await refused({ nats, env: { MLIP_NATS_CA_FILE: authority.caFile } });
    const byName = nats.replace('127.0.0.1', 'localhost');
    await refused({ nats: byName, env: { MLIP_NATS_CA_FILE: authority.caFile } });
  });

  it('may want a certificate of its clients', async () => {
    const { address: nats } = await serverWith(tls(', verify: true'));
    const env = (by: Authority): NodeJS.ProcessEnv => {
      const { certFile, keyFile } = by.issue('client');
      return { MLIP_NATS_CA_FILE: authority.caFile, MLIP_NATS_CERT_FILE: certFile, MLIP_NATS_KEY_FILE: keyFile };
    };
    await use({ nats, env: env(authority) });
    // Each waits for an answer that does not come.
    await Promise.all([
      refused({ nats, env: env(stranger) }),
      refused({ nats, env: { MLIP_NATS_CA_FILE: authority.caFile } }),
    ]);
  });

  it('is not replaced by one without', async () => {
    const { address } = await serverWith('');
    await refused({ nats: address, env: { MLIP_NATS_CA_FILE: authority.caFile } });
    await refused({ nats: `tls://${address}` });
  });

  it('is not asked where a file is missing', async () => {
    await refused({ nats: '127.0.0.1:1', env: { MLIP_NATS_CA_FILE: '/nowhere/ca.pem' } });
  });
});

describe('the address of NATS servers', () => {
  it.each([`nats://alice:${SECRET}@host:4222`, `${SECRET}@host`, `host,nats://${SECRET}@host`])(
    'with credentials in it is refused, and not repeated',
    async (nats) => {
      expect((await failureOf({ nats })).code).toBe('MLIP_E_STORE_ADDRESS');
    },
  );

  it.each(['', 'http://host', 'host:port', 'a b', 'nats://host/path', 'host,,host'])('%j is refused', async (nats) => {
    expect((await failureOf({ nats })).code).toBe('MLIP_E_STORE_ADDRESS');
  });

  it('or a directory is needed', async () => {
    expect((await failureOf({})).code).toBe('MLIP_E_STORE_ADDRESS');
  });
});

describe.skipIf(findNatsServer() === undefined)('a NATS server that lacks something', () => {
  it('without JetStream is reported at once', async () => {
    const { address: nats } = await serverWith('');
    const plain = await startNatsServer({ directory: temporaryDirectory(), jetstream: 'enabled: false' });
    onTestFinished(() => plain.kill());
    await use({ nats });
    expect((await failureOf({ nats: plain.address, patienceMs: 60_000 })).code).toBe('MLIP_E_STORE_UNSUPPORTED');
  });

  it('cannot keep three copies alone', async () => {
    const { address: nats } = await serverWith('');
    expect((await failureOf({ nats, env: { MLIP_NATS_REPLICAS: '3' } })).code).toBe('MLIP_E_STORE_UNSUPPORTED');
    expect((await failureOf({ nats, env: { MLIP_NATS_REPLICAS: 'many' } })).code).toBe('MLIP_E_STORE_ADDRESS');
  });
});
