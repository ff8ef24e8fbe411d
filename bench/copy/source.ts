// The process that is copied from, and that sends the same bytes over a plain socket. Arguments: tensors, numbers of each.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { listen } from '../../src/collectives/listener.js';
import { offerTensors } from '../../src/collectives/send-tensors.js';
import { createLogger } from '../../src/core/log.js';
import { Refusals } from '../../src/security/refusals.js';

const PIECE_BYTES = 2 ** 20;

const host = '127.0.0.1';
const [count, elements] = process.argv.slice(2).map(Number);
const numbers = Float32Array.from({ length: elements }, (_, i) => Math.sin(i));
const tensors = Array.from({ length: count }, (_, index) => {
  return { name: `layer.${index}`, shape: [elements], read: () => numbers.slice() };
});

async function sendPlain(socket: Socket): Promise<void> {
  const bytes = Buffer.from(numbers.buffer);
  for (let tensor = 0; tensor < count; tensor++) {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      if (!socket.write(bytes.subarray(start, start + PIECE_BYTES))) await once(socket, 'drain');
    }
  }
  socket.end();
}

const listener = await listen({ host, tls: null, refusals: new Refusals(createLogger({ name: 'source' })) });
offerTensors({ listener, token: 'bench', generation: 1, offered: { step: 0, tensors }, onEnd: () => undefined });
const plain = createServer({ highWaterMark: PIECE_BYTES }, (socket) => void sendPlain(socket)).listen(0, host);
await once(plain, 'listening');
process.send!({ copy: listener.port, plain: (plain.address() as AddressInfo).port });
process.on('disconnect', () => process.exit());
