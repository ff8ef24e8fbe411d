/**
 * The binding that tfjs-node's kernels call (its `TFJSBinding`), without its native addon: tensors by number, and
 * `executeOp`, which runs an operation now or, while a function is being traced, records it.
 */
import type { HostArray } from './dtypes.js';
import { TF } from './dtypes.js';
import { ATTRIBUTE, type OpAttribute } from './op-attributes.js';
import type { DeviceTensor, Runtime } from './runtime.js';
import type { Recorder, TensorMetadata } from './recorder.js';

export class TfjsBinding {
  readonly TF_FLOAT = TF.FLOAT;
  readonly TF_INT32 = TF.INT32;
  readonly TF_INT64 = TF.INT64;
  readonly TF_BOOL = TF.BOOL;
  readonly TF_COMPLEX64 = TF.COMPLEX64;
  readonly TF_STRING = TF.STRING;
  readonly TF_RESOURCE = TF.RESOURCE;
  readonly TF_UINT8 = TF.UINT8;
  readonly TF_ATTR_STRING = ATTRIBUTE.STRING;
  readonly TF_ATTR_INT = ATTRIBUTE.INT;
  readonly TF_ATTR_FLOAT = ATTRIBUTE.FLOAT;
  readonly TF_ATTR_BOOL = ATTRIBUTE.BOOL;
  readonly TF_ATTR_TYPE = ATTRIBUTE.TYPE;
  readonly TF_ATTR_SHAPE = ATTRIBUTE.SHAPE;
  readonly TF_Version: string;
  /** Set while a function is traced. */
  recorder: Recorder | undefined;
  private readonly runtime: Runtime;
  private readonly tensors = new Map<number, DeviceTensor>();
  private nextId = 1;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
    this.TF_Version = runtime.api.TF_Version() as string;
  }

  createTensor(shape: number[], dtype: number, values: HostArray | readonly number[]): number {
    const host = Array.isArray(values) ? hostArray(dtype, values) : (values as HostArray);
    return this.recorder?.constant(shape, dtype, host) ?? this.adopt(this.runtime.upload(shape, dtype, host)).id;
  }

  /** Gives a tensor of the runtime's a number that tfjs can hold. */
  adopt(tensor: DeviceTensor): TensorMetadata {
    const id = this.nextId++;
    this.tensors.set(id, tensor);
    return { id, shape: tensor.shape, dtype: tensor.dtype };
  }

  tensor(id: number): DeviceTensor {
    return this.tensors.get(id)!;
  }

  deleteTensor(id: number): void {
    const tensor = this.tensors.get(id);
    // Tensors of a trace are not there: they have no memory.
    if (tensor === undefined) return;
    this.tensors.delete(id);
    this.runtime.delete(tensor);
  }

  tensorDataSync(id: number): HostArray {
    this.recorder?.refuseRead();
    return this.runtime.download(this.tensor(id));
  }

  executeOp(name: string, attributes: OpAttribute[], inputIds: number[], outputCount: number): TensorMetadata[] {
    if (this.recorder !== undefined) return this.recorder.record(name, attributes, inputIds, outputCount);
    const inputs = inputIds.map((id) => this.tensor(id));
    return this.runtime.execute(name, attributes, inputs, outputCount).map((tensor) => this.adopt(tensor));
  }

  isUsingGpuDevice(): boolean {
    return this.runtime.device.includes('GPU');
  }

  getNumOfTensors(): number {
    return this.tensors.size;
  }
}

function hostArray(dtype: number, values: readonly number[]): HostArray {
  if (dtype === TF.FLOAT) return Float32Array.from(values);
  if (dtype === TF.INT64) return BigInt64Array.from(values, BigInt);
  return dtype === TF.BOOL || dtype === TF.UINT8 ? Uint8Array.from(values) : Int32Array.from(values);
}
