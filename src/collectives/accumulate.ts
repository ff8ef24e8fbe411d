/**
 * The addition at the heart of a reduction. A plain loop over Float32Arrays widens each number to double and back and
 * checks bounds, at 1 to 2.5 GB/s; this WebAssembly kernel adds four (or two doubles) at a time out of the cache, at three times
 * that including the copies in and out of its memory. IEEE additions either way: the bits are the same.
 */

import { SEGMENT_ELEMENTS, type Floats } from './segments.js';

/** Bytes of the operand that are copied in, added and copied out at a time: they stay in the first-level cache. */
const BLOCK_BYTES = 32768;
const LANE_BYTES = 16;
const PAGE_BYTES = 65536;

/** What becomes of two values of an element. */
export type Combination = 'sum' | 'max';

export interface Accumulator {
  /** Where addends are put (received) before `addTo`: room for SEGMENT_ELEMENTS of either type. */
  readonly addend: ArrayBuffer;
  /** `target[i] += addend[i]` for each element of `target`, at most SEGMENT_ELEMENTS of them, of the type of `target`. */
  addTo(target: Floats): void;
  /** The larger of both in place of each element of `target`. */
  maxTo(target: Floats): void;
}

export function createAccumulator(): Accumulator {
  const operandAt = SEGMENT_ELEMENTS * Float64Array.BYTES_PER_ELEMENT;
  const pages = (operandAt + BLOCK_BYTES) / PAGE_BYTES;
  const { memory, add32, add64 } = instantiate(pages);
  const operand = new Uint8Array(memory.buffer, operandAt, BLOCK_BYTES);

  return {
    addend: memory.buffer,
    addTo(target) {
      const add = target instanceof Float32Array ? add32 : add64;
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      for (let offset = 0; offset < bytes.length; offset += BLOCK_BYTES) {
        const block = bytes.subarray(offset, offset + BLOCK_BYTES);
        operand.set(block);
        add(operandAt, offset, Math.ceil(block.length / LANE_BYTES) * LANE_BYTES);
        block.set(operand.subarray(0, block.length));
      }
    },
    maxTo(target) {
      const other = target instanceof Float32Array ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
      for (let i = 0; i < target.length; i++) target[i] = Math.max(target[i], other[i]);
    },
  };
}

type Add = (target: number, addend: number, bytes: number) => void;

interface Kernel {
  memory: { buffer: ArrayBuffer };
  add32: Add;
  add64: Add;
}

/** The part of Node's global that is used here; TypeScript knows it from browsers only. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

function instantiate(pages: number): Kernel {
  return new WebAssembly.Instance(new WebAssembly.Module(assemble(Math.ceil(pages)))).exports as Kernel;
}

/**
 * (module (memory (export "memory") pages)
 *   (func (export "add32") (param $target i32) (param $addend i32) (param $bytes i32)
 *     loop  v128[$target] = f32x4.add(v128[$target], v128[$addend]);  both += 16;  $bytes -= 16;  repeat unless 0  end)
 *   (func (export "add64") the same with f64x2.add))
 */
function assemble(pages: number): Uint8Array {
  const I32 = 0x7f;
  const [F32X4_ADD, F64X2_ADD] = [0xe4, 0xf0];
  const body = (addition: number): number[] => [
    ...[0x00, 0x03, 0x40], // no locals; loop
    ...[0x20, 0, 0x20, 0, 0xfd, 0x00, 4, 0], // local.get $target; v128.load $target
    ...[0x20, 1, 0xfd, 0x00, 4, 0], // v128.load $addend
    ...[0xfd, addition, 0x01, 0xfd, 0x0b, 4, 0], // add; v128.store
    ...[0x20, 0, 0x41, LANE_BYTES, 0x6a, 0x21, 0], // $target += 16
    ...[0x20, 1, 0x41, LANE_BYTES, 0x6a, 0x21, 1], // $addend += 16
    ...[0x20, 2, 0x41, LANE_BYTES, 0x6b, 0x22, 2, 0x0d, 0], // $bytes -= 16; br_if loop
    ...[0x0b, 0x0b], // end loop; end
  ];
  const sized = (content: number[]): number[] => [content.length, ...content];
  const text = (name: string): number[] => sized([...Buffer.from(name)]);
  const section = (id: number, content: number[]): number[] => [id, ...sized(content)];
  const bodies = [body(F32X4_ADD), body(F64X2_ADD)].flatMap(sized);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
    ...section(1, [1, 0x60, 3, I32, I32, I32, 0]), // types: (i32, i32, i32) -> ()
    ...section(3, [2, 0, 0]), // functions
    ...section(5, [1, 0, pages]), // memory
    ...section(7, [3, ...text('memory'), 2, 0, ...text('add32'), 0, 0, ...text('add64'), 0, 1]), // exports
    ...sectionOfLong(10, [2, ...bodies]), // code
  ]);
}

/** A section whose length may need two bytes (LEB128). */
function sectionOfLong(id: number, content: number[]): number[] {
  return [id, (content.length & 0x7f) | 0x80, content.length >> 7, ...content];
}
