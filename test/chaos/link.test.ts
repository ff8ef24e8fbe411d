// A network that can be broken: real connections through it.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Link, openLink } from '../../bench/chaos/link.js';

let server: Server;
let link: Link;
const sockets: Socket[] = [];

/** A server that sends back what comes. */
beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = await openLink();
  link.to = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await link.close();
  server.close();
});

function call(over = link): Socket {
  const socket = connect(over.port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** How long the answer took, in milliseconds. */
async function echo(socket: Socket, bytes: Buffer): Promise<number> {
  const sentMs = performance.now();
  socket.write(bytes);
  const chunks: Buffer[] = [];
  for (let length = 0; length < bytes.length; length += chunks.at(-1)!.length) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    chunks.push(chunk);
  }
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  return performance.now() - sentMs;
}

/** Also where it ends by an error. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

const HELLO = Buffer.from('hello');

describe('a link', () => {
  it('passes on what comes, in both directions and in order, also much of it', async () => {
    await echo(call(), Buffer.from(Uint8Array.from({ length: 20_000_000 }, (_, index) => index % 251)));
  });

  it('passes on that one end has nothing more to say', async () => {
    const socket = call();
    socket.end('bye');
    await once(socket, 'data');
    await once(socket, 'end');
    await closed(socket);
  });

  it('resets all connections when it is cut, and takes new ones', async () => {
    const socket = call();
    await echo(socket, HELLO);
    link.cut();
    await closed(socket);
    await echo(call(), HELLO);
    expect(link.connections).toBe(1);
  });

  it('refuses for a while', async () => {
    link.refuse(200);
    await closed(call());
    await sleep(250);
    await echo(call(), HELLO);
  });

  it('refuses where it leads nowhere, and takes its end along where that is gone', async () => {
    const socket = call();
    await echo(socket, HELLO);
    link.to = null;
    await closed(call());
    await echo(socket, HELLO);
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    link.to = (gone.address() as AddressInfo).port;
    await once(gone.close(), 'close');
    await closed(call());
  });

  it('holds up what comes while it stalls, and loses nothing', async () => {
    const socket = call();
    await echo(socket, HELLO);
    link.stall(200);
    expect(await echo(socket, Buffer.alloc(10_000_000, 7))).toBeGreaterThanOrEqual(190);
    await echo(socket, HELLO);
  });

  it('adds a delay for a while to the latency that it has always', async () => {
    const far = await openLink({ latencyMs: 50 });
    far.to = link.to;
    const socket = call(far);
    expect(await echo(socket, HELLO)).toBeGreaterThanOrEqual(95);
    far.delay(100, 1_000);
    expect(await echo(socket, HELLO)).toBeGreaterThanOrEqual(290);
    await far.close();
  });
});
