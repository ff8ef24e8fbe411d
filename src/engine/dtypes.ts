/** TensorFlow's data types (TF_DataType in tf_datatype.h) that mlip uses, and views of memory that holds them. */

export const TF = {
  FLOAT: 1,
  INT32: 3,
  UINT8: 4,
  STRING: 7,
  COMPLEX64: 8,
  INT64: 9,
  BOOL: 10,
  RESOURCE: 20,
  UINT64: 23,
} as const;

export type HostArray = Float32Array | Int32Array | Uint8Array | BigInt64Array | BigUint64Array;

const VIEWS: Record<number, new (buffer: ArrayBuffer, offset?: number, length?: number) => HostArray> = {
  [TF.FLOAT]: Float32Array,
  [TF.INT32]: Int32Array,
  [TF.UINT8]: Uint8Array,
  [TF.BOOL]: Uint8Array,
  [TF.INT64]: BigInt64Array,
  [TF.UINT64]: BigUint64Array,
};

const BYTES: Record<number, number> = {
  [TF.FLOAT]: 4,
  [TF.INT32]: 4,
  [TF.UINT8]: 1,
  [TF.BOOL]: 1,
  [TF.INT64]: 8,
  [TF.UINT64]: 8,
};

/** Bytes of an element; undefined for types without a fixed layout (strings, resources). */
export function bytesPerElement(dtype: number): number | undefined {
  return BYTES[dtype];
}

/** A typed view of the right kind over raw memory. */
export function typedView(buffer: ArrayBuffer, dtype: number): HostArray {
  return new VIEWS[dtype](buffer);
}
