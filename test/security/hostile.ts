/** What strangers and broken peers send: as fast-check draws it. */
import fc from 'fast-check';
import { type GatherMessage, type WorkerMessage, methods } from '../../src/rpc/service.js';

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '../../etc/passwd',
    '/etc/passwd',
    '__proto__',
    'constructor',
    '\u001b[2J',
    '\0',
    'x'.repeat(20_000),
  ),
);
const number = fc.oneof(fc.nat(3), fc.constantFrom(0xffffffff, 0x7fffffff), fc.nat());
const real = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -0));
const map = fc.dictionary(text, real, { maxKeys: 100 });

const join = fc.record({ protocol: number, version: text, host: text, port: number, pid: number, device: text });
const ready = fc.record({ rows: number, dataHash: text, parametersHash: text });
const report = fc.record({ whole: map, share: map, learningRate: real, gradNorm: real, dataWaitSeconds: real });
const commit = fc.record({ step: number, generation: number, report });
const failure = fc.record({ code: text, message: text, where: text, remedy: text });
const failed = fc.record({ failure, step: number, secondary: fc.boolean(), stateIntact: fc.boolean() });

/** Messages of a worker that are messages, and nothing more can be said for them. */
export const workerMessage: fc.Arbitrary<WorkerMessage> = fc.oneof(
  fc.record({ join }),
  fc.record({ ready }),
  fc.record({ heartbeat: fc.constant({}) }),
  fc.record({ commit }),
  fc.record({ saved: fc.record({ step: number, path: text }) }),
  fc.record({ failed }),
);

const tensor = fc.record({ name: text, rows: number, rowBytes: fc.oneof(number, fc.constantFrom(16, 1 << 20)) });
const header = fc.record({
  ...{ rank: number, generation: number, step: number },
  tensors: fc.array(tensor, { maxLength: 80 }),
});
const chunk = fc.record({ tensor: number, data: fc.uint8Array({ maxLength: 500 }) });
const gatherMessage: fc.Arbitrary<GatherMessage> = fc.oneof(fc.record({ header }), fc.record({ chunk }));

const garbage = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

/** Bytes of a message with some of them changed, or cut short. */
function damaged(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  return fc.tuple(bytes, changes, fc.nat()).map(([whole, edits, cut]) => {
    const copy = Buffer.from(whole);
    for (const [at, value] of edits) if (copy.length > 0) copy[at % copy.length] = value;
    return cut % 3 === 0 ? copy.subarray(0, cut % (copy.length + 1)) : copy;
  });
}

const workerBytes = workerMessage.map((message) => methods.session.requestSerialize(message));
const gatherBytes = gatherMessage.map((message) => methods.gather.requestSerialize(message));

/** What a call of the control stream, or of a gather, is sent. */
export const sessionCall = fc.array(fc.oneof(workerBytes, damaged(workerBytes), garbage), {
  minLength: 1,
  maxLength: 4,
});
export const gatherCall = fc.array(fc.oneof(gatherBytes, damaged(gatherBytes), garbage), {
  minLength: 1,
  maxLength: 4,
});

const http2Frame = fc
  .record({ type: fc.nat(12), flags: fc.nat(255), stream: fc.nat(), payload: fc.uint8Array({ maxLength: 100 }) })
  .map(({ type, flags, stream, payload }) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream >>> 0, 5);
    return Buffer.concat([head, payload]);
  });
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

/** What a connection to the coordinator's port is sent: HTTP/2 that begins well, and anything else. */
export const connectionBytes = fc.oneof(
  fc.array(http2Frame, { minLength: 1, maxLength: 6 }).map((frames) => Buffer.concat([PREFACE, SETTINGS, ...frames])),
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(
    Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    PREFACE.subarray(0, 10),
    Buffer.from([22, 3, 1, 2]),
  ),
);
