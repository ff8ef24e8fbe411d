/** Ports that are taken, coordinators that are not there, and things that are no coordinator. */
import { createServer } from 'node:http';
import { type AddressInfo, type Server, createServer as createSocketServer } from 'node:net';
import type { Server as GrpcServer } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchStatus, stopRun, watchRun } from '../../src/rpc/launcher.js';
import { serve } from '../../src/rpc/server.js';
import { quietRefusals, testAccess, testToken } from '../support/access.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function addressOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const noService = (server: GrpcServer): void => void server;
const soon = { timeoutMs: 400, access: testAccess };

function serveHere(port = 0): ReturnType<typeof serve> {
  const options = { host: '127.0.0.1', port, token: () => testToken, tls: null, refusals: quietRefusals() };
  return serve(options, noService);
}

describe('a server', () => {
  it('takes any free port for 0, and says which', async () => {
    const server = await serveHere();
    closers.push(() => void server.close(0));
    expect(server.port).toBeGreaterThan(0);
  });

  it('names the address of a port in use, and what to do', async () => {
    const port = Number((await addressOf(createSocketServer())).split(':')[1]);
    await expect(serveHere(port)).rejects.toMatchObject({
      code: 'MLIP_E_PORT_IN_USE',
      where: `127.0.0.1:${port}`,
      remedy: expect.stringContaining('another port') as string,
    });
  });
});

describe('a client', () => {
  it('says within its deadline that no coordinator is there', async () => {
    const address = await addressOf(createSocketServer());
    closers.pop()!();
    const expected = { code: 'MLIP_E_RPC_UNREACHABLE', where: address };
    await expect(stopRun(address, soon)).rejects.toMatchObject(expected);
    await expect(watchRun(address, soon).next()).rejects.toMatchObject(expected);
  });

  it('says so of a host that does not exist', async () => {
    await expect(fetchStatus('no-such-host.invalid:7070', soon)).rejects.toMatchObject({
      code: 'MLIP_E_RPC_UNREACHABLE',
    });
  });

  it('is not fooled by a web server', async () => {
    const web = createServer((_, response) => response.end('hello'));
    closers.push(() => web.closeAllConnections());
    const answer = fetchStatus(await addressOf(web), soon);
    await expect(answer).rejects.toMatchObject({ code: expect.stringMatching(/UNREACHABLE|LOST/) as string });
  });

  it('tells another gRPC service from a coordinator', async () => {
    const server = await serveHere();
    closers.push(() => void server.close(0));
    await expect(fetchStatus(`127.0.0.1:${server.port}`, soon)).rejects.toMatchObject({ code: 'MLIP_E_RPC_VERSION' });
  });

  it('refuses what is no address', async () => {
    await expect(fetchStatus('nowhere', soon)).rejects.toMatchObject({ code: 'MLIP_E_RPC_ADDRESS' });
  });
});
