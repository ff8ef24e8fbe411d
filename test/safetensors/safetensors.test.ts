import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from '../../src/safetensors/safetensors.js';
import { MlipError } from '../../src/core/errors.js';
import { elementCount, type HostTensors } from '../../src/core/host-tensor.js';
import { temporaryDirectory } from '../checkpoint/temporary.js';

const directory = temporaryDirectory();
const fixtures = join(import.meta.dirname, '..', 'fixtures', 'safetensors');

let files = 0;
const newPath = (): string => join(directory(), `${files++}.safetensors`);

function put(bytes: Uint8Array): string {
  const path = newPath();
  writeFileSync(path, bytes);
  return path;
}

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const tensor = shape.chain((shape) => {
  const length = elementCount(shape);
  return fc.float32Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data }));
});
const name = fc.oneof(fc.string(), fc.constantFrom('7', '__proto__', 'größe', 'a"b\\', 'constructor'));
const tensors = fc
  .uniqueArray(fc.tuple(name, tensor), { selector: ([name]) => name, maxLength: 6 })
  .filter((entries) => entries.every(([name]) => name !== '__metadata__'))
  .map((entries): HostTensors => new Map(entries));

describe('safetensors', () => {
  it('come back as they were written: names, shapes, order and bits', async () => {
    await fc.assert(
      fc.asyncProperty(tensors, async (tensors) => {
        const path = newPath();
        await writeSafetensors(path, tensors);
        const read = await readSafetensors(path);
        expect(new Set(read.keys())).toEqual(new Set(tensors.keys()));
        for (const [name, { shape, data }] of tensors) {
          expect(read.get(name)!.shape).toEqual(shape);
          expect(Buffer.from(read.get(name)!.data.buffer)).toEqual(Buffer.from(data.slice().buffer));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are written byte for byte as the reference implementation does', async () => {
    const path = newPath();
    const tensors: HostTensors = new Map([
      ['a', { shape: [2, 2], data: Float32Array.of(0, 1, 2, 3) }],
      ['b.weight', { shape: [3], data: Float32Array.of(-1, 0.5, 3) }],
    ]);
    const { bytes } = await writeSafetensors(path, tensors, { format: 'pt' });
    const written = readFileSync(path);
    expect(written).toEqual(readFileSync(join(fixtures, 'two-tensors.safetensors')));
    expect(bytes).toBe(written.length);
  });

  it('of each type are read from a file of the reference implementation', async () => {
    const read = await readSafetensors(join(fixtures, 'types.safetensors'));
    const values = Object.fromEntries(Array.from(read, ([name, { data }]) => [name, [...data]]));
    expect(values).toEqual({
      f64: [Math.fround(1 / 3), -2.5],
      f32: [1, -2, 3.5, Math.fround(1e-45)],
      f16: [1, -2, 2 ** -24, Infinity, NaN, 0.333251953125],
      bf16: [1, -3.140625, -Infinity],
      i64: [-5, 2 ** 40],
      i32: [-7],
      i16: [-300],
      i8: [-8],
      u8: [200],
      bool: [0, 1],
      scalar: [9],
      none: [],
    });
    expect(read.get('scalar')!.shape).toEqual([]);
    expect(read.get('none')!.shape).toEqual([0, 4]);
  });

  it('give their header without their numbers, and only the tensors that are wanted', async () => {
    const path = join(fixtures, 'two-tensors.safetensors');
    const { entries, metadata } = await readSafetensorsHeader(path);
    expect(metadata).toEqual({ format: 'pt' });
    expect(entries.map(({ name, type, shape }) => [name, type, shape])).toEqual([
      ['a', 'F32', [2, 2]],
      ['b.weight', 'F32', [3]],
    ]);
    const read = await readSafetensors(path, (name) => name.endsWith('.weight'));
    expect([...read.keys()]).toEqual(['b.weight']);
    expect([...read.get('b.weight')!.data]).toEqual([-1, 0.5, 3]);
  });

  it('are not written with a shape that does not fit, nor over a file that is there', async () => {
    const wrong: HostTensors = new Map([['a', { shape: [3], data: new Float32Array(4) }]]);
    expect(() => writeSafetensors(newPath(), wrong)).toThrow('tensor a [3] has 4 elements');
    await expect(writeSafetensors(put(Buffer.of(1)), new Map())).rejects.toThrow('EEXIST');
  });
});

describe('a damaged safetensors file', () => {
  it('that ends anywhere too early is refused by name', async () => {
    const whole = readFileSync(join(fixtures, 'types.safetensors'));
    for (let length = 0; length < whole.length; length++) {
      const path = put(whole.subarray(0, length));
      await expect(readSafetensors(path)).rejects.toMatchObject({
        code: 'MLIP_E_TENSORS_FORMAT',
        where: expect.stringContaining(path) as string,
        remedy: expect.any(String) as string,
      });
    }
  });

  it('with any byte of its header changed is read or refused, but never crashes the reader', async () => {
    const whole = readFileSync(join(fixtures, 'two-tensors.safetensors'));
    const headerEnd = 8 + Number(whole.readBigUInt64LE());
    const change = fc.record({ at: fc.nat(headerEnd - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, byte }) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        const result = await readSafetensors(put(changed)).catch((error: unknown) => error);
        expect(result instanceof Map || result instanceof MlipError).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  const entry = (changes: object = {}): object => ({ dtype: 'F32', shape: [2], data_offsets: [0, 8], ...changes });
  const withHeader = (header: string, dataBytes = 8): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
    return Buffer.concat([length, Buffer.from(header), Buffer.alloc(dataBytes)]);
  };
  const withEntries = (entries: object, dataBytes?: number): Buffer => withHeader(JSON.stringify(entries), dataBytes);
  const json = JSON.stringify(entry());

  it.each([
    ['an absurd header length', Buffer.alloc(64, 0xff), 'claims 18446744073709551615 bytes'],
    ['a header beyond the limit', withHeader('{}').fill(Buffer.of(1, 0xe1, 0xf5, 5), 0, 4), 'claims 100000001 bytes'],
    ['a header longer than the file', withHeader('{}').fill(100, 0, 1), 'claims 100 bytes, the file has 18'],
    ['a header that is not JSON', withHeader('{"a"'), 'not JSON'],
    ['a header that is not UTF-8', withHeader('{}').fill(0xff, 8, 9), 'not UTF-8'],
    ['a header that is a list', withHeader('[]'), 'not an object'],
    ['a tensor twice', withHeader(`{"a":${json},"a":${json}}`), 'names a tensor twice'],
    ['a tensor twice, spelt otherwise', withHeader(`{"\\u0061" :${json},"a":${json}}`), 'names a tensor twice'],
    ['an entry that is a number', withEntries({ a: 3 }), 'an entry is not an object'],
    ['an entry without shape', withEntries({ a: entry({ shape: undefined }) }), 'its shape is not'],
    ['a negative size', withEntries({ a: entry({ shape: [-2] }) }), 'its shape is not'],
    ['a fractional size', withEntries({ a: entry({ shape: [0.5] }) }), 'its shape is not'],
    ['a shape too large to count', withEntries({ a: entry({ shape: Array(9).fill(2 ** 52) }) }), 'cannot hold'],
    ['one offset', withEntries({ a: entry({ data_offsets: [0] }) }), 'not two positions'],
    ['offsets in reverse', withEntries({ a: entry({ data_offsets: [8, 0] }) }), 'cannot hold'],
    ['fewer bytes than the shape', withEntries({ a: entry({ shape: [3] }) }), '8 bytes cannot hold F32 [3]'],
    ['a tensor beyond the end', withEntries({ a: entry({ data_offsets: [8, 16] }) }), '8 bytes after the end'],
    ['overlapping tensors', withEntries({ a: entry(), b: entry() }), 'overlaps the tensor before it'],
    ['a gap', withEntries({ a: entry({ data_offsets: [4, 12] }) }, 12), '4 bytes before it belong to no tensor'],
    ['bytes left over', withEntries({ a: entry() }, 11), 'its last 3 bytes belong to no tensor'],
    ['metadata that is no map', withEntries({ __metadata__: 'x', a: entry() }), 'metadata is not a map'],
    ['metadata of numbers', withEntries({ __metadata__: { x: 1 }, a: entry() }), 'metadata is not a map'],
  ])('with %s is refused', async (_, bytes, message) => {
    const path = put(bytes);
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'MLIP_E_TENSORS_FORMAT',
      message: expect.stringContaining(message) as string,
      where: expect.stringContaining(path) as string,
    });
  });

  it('names the tensor that is to blame', async () => {
    const path = put(withEntries({ 'blocks.0.weight': entry({ shape: [3] }) }));
    await expect(readSafetensors(path)).rejects.toMatchObject({ where: `${path}, tensor blocks.0.weight` });
  });

  it('of an unknown type says which are read', async () => {
    const path = put(withEntries({ a: entry({ dtype: 'F8_E4M3' }) }));
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'MLIP_E_TENSORS_TYPE',
      message: 'numbers of type F8_E4M3 are not read',
      where: `${path}, tensor a`,
      remedy: expect.stringContaining('BF16') as string,
    });
  });

  it('that is not there, or is a directory, is an error with its path', async () => {
    for (const path of [join(directory(), 'none'), directory()]) {
      await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'MLIP_E_TENSORS_FORMAT', where: path });
    }
  });

  it('may repeat a name deeper down, and in texts', async () => {
    const header = `{ "__metadata__": {"a": "{\\"a\\": [1, \\"a\\"]}"}, "a" : ${json} }`;
    expect([...(await readSafetensors(put(withHeader(header)))).keys()]).toEqual(['a']);
  });
});
