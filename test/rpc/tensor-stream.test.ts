/** Tensors survive the wire bit for bit, and a stream that is not what it announces is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, MAX_ROW_BYTES } from '../../src/rpc/protocol.js';
import { type GatherMessage, gatherCodec } from '../../src/rpc/service.js';
import { type GatherTensor, tensorAssembler, tensorMessages } from '../../src/rpc/tensor-stream.js';

const place = { rank: 0, generation: 1, step: 0 };

function overTheWire(messages: Iterable<GatherMessage>) {
  return [...messages].map((message) => gatherCodec.decode(gatherCodec.encode(message)));
}

function assemble(messages: Iterable<GatherMessage>, rows: number): Map<string, Float32Array> {
  const assembler = tensorAssembler(rows);
  for (const message of overTheWire(messages)) assembler.add(message);
  return assembler.finish();
}

function tensor(name: string, rows: number, width: number): GatherTensor {
  return { name, rows, width, data: Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)) };
}

const refused = expect.objectContaining({ code: 'MLIP_E_RPC_TENSOR' }) as Error;

describe('a tensor stream', () => {
  it('carries any float32 values, NaN and infinity among them', () => {
    const values = fc.float32Array({ minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), values, (width, some) => {
        const rows = Math.ceil(some.length / width);
        const data = new Float32Array(rows * width);
        data.set(some);
        const gathered = assemble(tensorMessages(place, [{ name: 'x', rows, width, data }]), rows);
        expect(Buffer.from(gathered.get('x')!.buffer).equals(Buffer.from(data.buffer))).toBe(true);
      }),
    );
  });

  it('carries several tensors of different widths, in pieces of a bounded size', () => {
    const tensors = [tensor('vision', 300, 512), tensor('text', 300, 128), tensor('hashes', 300, 2)];
    const messages = [...tensorMessages(place, tensors)];
    expect(messages.length).toBeGreaterThan(4);
    for (const message of messages) expect(gatherCodec.encode(message).length).toBeLessThan(CHUNK_BYTES + 100);
    const gathered = assemble(messages, 300);
    expect([...gathered.keys()]).toEqual(['vision', 'text', 'hashes']);
    for (const { name, data } of tensors) expect(gathered.get(name)).toEqual(data);
  });

  it('sends a part of a larger array only', () => {
    const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    expect(assemble(tensorMessages(place, [{ name: 'x', rows: 1, width: 2, data }]), 1).get('x')).toEqual(
      new Float32Array([1, 2]),
    );
  });

  it.each([
    ['no tensor', []],
    ['a length that is not rows x width', [{ ...tensor('x', 2, 3), rows: 3 }]],
    ['a row without elements', [{ name: 'x', rows: 2, width: 0, data: new Float32Array() }]],
    ['a row above the bound', [tensor('x', 1, MAX_ROW_BYTES / 4 + 1)]],
    ['two tensors of one name', [tensor('x', 1, 1), tensor('x', 1, 1)]],
    ['too many tensors', Array.from({ length: 65 }, (_, i) => tensor(`x${i}`, 1, 1))],
  ])('refuses to send %s', (_what, tensors) => {
    expect(() => [...tensorMessages(place, tensors)]).toThrow(refused);
  });

  const [header, piece] = [...tensorMessages(place, [tensor('x', 4, 2)])];
  it.each([
    ['nothing', []],
    ['pieces without a header', [piece]],
    ['a header alone', [header]],
    ['two headers', [header, header]],
    ['a piece too many', [header, piece, piece]],
    ['a piece of an unknown tensor', [header, { chunk: { tensor: 1, data: piece.chunk!.data } }]],
    ['a piece that is too short', [header, { chunk: { tensor: 0, data: new Uint8Array(8) } }]],
    ['an empty message', [header, {}]],
  ])('refuses %s as an answer', (_what, messages) => {
    expect(() => assemble(messages, 4)).toThrow(refused);
  });

  it('takes memory for no more rows than the batch has', () => {
    const absurd = { header: { ...place, tensors: [{ name: 'x', rows: 0xffffffff, rowBytes: MAX_ROW_BYTES }] } };
    expect(() => assemble([absurd], 4)).toThrow(refused);
  });
});
