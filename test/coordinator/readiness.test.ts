/** Readiness of coordinators that share a store: one leads, the other one stands by, and both are of use. */
import { afterEach, expect, it } from 'vitest';
import { openStore } from '../../src/bus/open-store.js';
import type { Store } from '../../src/bus/store.js';
import { freePorts } from '../support/nats-server.js';
import { scratch, startRun, testConfig } from './harness.js';

const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function readiness(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  return response === null ? 'none' : `${response.status} ${(await response.text()).trim()}`;
}

async function leads(port: number): Promise<string | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return /^mlip_leader\{lease="large",.*\} (\d)$/m.exec(text)?.[1];
}

it('a coordinator that stands by answers, and says so; when it leads it says that', async () => {
  const [store, out] = [await openStore({ directory: scratch() }), scratch()];
  stores.push(store);
  const config = testConfig({ steps: 1_000 });
  const shared = { store, name: 'large' };
  const ports = await freePorts(2);
  const [first, second] = ports.map((metricsPort) => () => startRun({ metricsPort, shared, out, config }));
  const leading = await first();
  expect(await readiness(ports[0])).toMatch(/^200 leading run \d{8}-/);
  const standing = second();
  await expect.poll(() => readiness(ports[1])).toBe('200 standing by: another coordinator leads run large');
  expect([await leads(ports[0]), await leads(ports[1])]).toEqual(['1', '0']);
  leading.handOver();
  await expect(leading.outcome).rejects.toMatchObject({ code: 'MLIP_E_HANDED_OVER' });
  expect(await readiness(ports[0])).toBe('none');
  const next = await standing;
  expect(await readiness(ports[1])).toMatch(/^200 leading run/);
  expect(await leads(ports[1])).toBe('1');
  next.stop();
  await next.outcome;
});
