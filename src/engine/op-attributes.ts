/** Attributes of an operation as tfjs' TensorFlow kernels hand them over, set on an eager operation or a graph's node. */
import type { CApi, Pointer } from './c-api.js';
import { MlipError } from '../core/errors.js';

/** TF_AttrType of c_api.h: the numbers that tfjs' kernels use. */
export const ATTRIBUTE = { STRING: 0, INT: 1, FLOAT: 2, BOOL: 3, TYPE: 4, SHAPE: 5 } as const;

export interface OpAttribute {
  name: string;
  type: number;
  value: unknown;
}

interface Setters {
  string(name: string, value: string): void;
  int(name: string, value: number): void;
  intList(name: string, values: number[]): void;
  float(name: string, value: number): void;
  bool(name: string, value: boolean): void;
  type(name: string, value: number): void;
  shape(name: string, dims: number[]): void;
}

/** The C API with calls that throw where their status is an error; the Runtime is one. */
export interface CheckedApi {
  api: CApi;
  checked<T>(what: string, call: (status: Pointer) => T): T;
}

export function setEagerAttributes(runtime: CheckedApi, op: Pointer, attributes: readonly OpAttribute[]): void {
  const { api } = runtime;
  const shape = (name: string, dims: number[]): void =>
    runtime.checked(name, (status) => void api.TFE_OpSetAttrShape(op, name, dimensions(dims), dims.length, status));
  setAttributes({ ...commonSetters(api, 'TFE_OpSetAttr', op), shape }, attributes);
}

export function setGraphAttributes(api: CApi, description: Pointer, attributes: readonly OpAttribute[]): void {
  const shape = (name: string, dims: number[]): void =>
    void api.TF_SetAttrShape(description, name, dimensions(dims), dims.length);
  setAttributes({ ...commonSetters(api, 'TF_SetAttr', description), shape }, attributes);
}

function commonSetters(api: CApi, prefix: 'TFE_OpSetAttr' | 'TF_SetAttr', on: Pointer): Omit<Setters, 'shape'> {
  return {
    string: (name, value) => void api[`${prefix}String`](on, name, value, Buffer.byteLength(value)),
    int: (name, value) => void api[`${prefix}Int`](on, name, value),
    intList: (name, values) => void api[`${prefix}IntList`](on, name, dimensions(values), values.length),
    float: (name, value) => void api[`${prefix}Float`](on, name, value),
    bool: (name, value) => void api[`${prefix}Bool`](on, name, value ? 1 : 0),
    type: (name, value) => void api[`${prefix}Type`](on, name, value),
  };
}

function dimensions(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}

function setAttributes(set: Setters, attributes: readonly OpAttribute[]): void {
  for (const { name, type, value } of attributes) setAttribute(set, name, type, value);
}

function setAttribute(set: Setters, name: string, type: number, value: unknown): void {
  if (type === ATTRIBUTE.STRING) set.string(name, value as string);
  else if (type === ATTRIBUTE.INT && Array.isArray(value)) set.intList(name, value as number[]);
  else if (type === ATTRIBUTE.INT) set.int(name, value as number);
  else if (type === ATTRIBUTE.FLOAT) set.float(name, value as number);
  else if (type === ATTRIBUTE.BOOL) set.bool(name, Boolean(value));
  else if (type === ATTRIBUTE.TYPE) set.type(name, value as number);
  else if (type === ATTRIBUTE.SHAPE) set.shape(name, value as number[]);
  else throw new MlipError('MLIP_E_ENGINE_OP', `attribute ${name} has a type (${type}) that is not supported`);
}
