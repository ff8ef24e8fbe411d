/** Who has the run's token cannot make a gather in the name of a worker: it takes the secret of that one's session. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { methods } from '../../src/rpc/service.js';
import type { SessionClaim } from '../../src/rpc/tensor-stream.js';
import { SessionSecret } from '../../src/security/session-secret.js';
import { RawClient } from '../support/raw-call.js';
import { type LiveRun, liveRun } from './live-run.js';

const { path, requestSerialize } = methods.gather;

let run: LiveRun;
let client: RawClient;
beforeEach(async () => {
  run = await liveRun();
  await run.moreSteps(2);
  client = new RawClient(run.address);
});
afterEach(async () => {
  client.close();
  await run.finish();
});

/** Of a contribution to the step under way, as far as one can tell. */
function gatherAs(session: Partial<SessionClaim>, rank = 0): Promise<string> {
  const tensors = [{ name: 'vision', rows: 4, rowBytes: 16 }];
  const header = { rank, generation: 1, step: run.steps(), tensors, ...session };
  return client.talk(path, [requestSerialize({ header })]);
}

it('without the secret, or with another one, is refused and counted, and the run goes on', async () => {
  const [{ worker, secret }, other] = [run.session(0), run.session(1)];
  // A copy: `slice` of a Buffer is none.
  const forged = Uint8Array.from(secret);
  forged[0] ^= 1;
  const claims: Partial<SessionClaim>[] = [
    {},
    { worker },
    { worker, secret: new Uint8Array(32) },
    { worker, secret: forged },
    { worker, secret: secret.slice(0, 31) },
    { worker, secret: Buffer.concat([secret, Buffer.alloc(1)]) },
    { worker, secret: other.secret },
    { worker: 77, secret },
  ];
  for (const claim of claims) expect(await gatherAs(claim)).toBe('MLIP_E_SESSION_WRONG');
  expect((await run.refused())['session']).toBe(claims.length);
  await run.moreSteps(3);
});

it('a worker cannot give the rows of another rank', async () => {
  expect(await gatherAs(run.session(0), 1)).toBe('MLIP_E_SESSION_WRONG');
  await run.moreSteps(3);
});

it('each session has a secret of its own', () => {
  const [one, other] = [run.session(0), run.session(1)];
  expect(one.secret).toHaveLength(32);
  expect(Buffer.from(one.secret).equals(other.secret)).toBe(false);
});

it('the secret shows in no JSON and no text', () => {
  const secret = new SessionSecret();
  const hex = Buffer.from(secret.reveal()).toString('hex');
  for (const text of [JSON.stringify({ secret }), String(secret), `${secret as unknown as string}`]) {
    expect(text).not.toContain(hex);
    expect(text).toContain('[session secret]');
  }
});
