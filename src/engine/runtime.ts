/**
 * The TensorFlow runtime of this process: one eager context, tensors by handle, operations and functions executed in it.
 * TensorFlow allows one context per process, so there is one Runtime; `loadEngine` makes it.
 */
import koffi from 'koffi';
import type { CApi, Pointer } from './c-api.js';
import { MlipError } from '../core/errors.js';
import { bytesPerElement, typedView, type HostArray } from './dtypes.js';
import { setEagerAttributes, type OpAttribute } from './op-attributes.js';

export interface RuntimeOptions {
  api: CApi;
  /** Serialized tensorflow.ConfigProto. */
  sessionConfig: Uint8Array;
}

/** A tensor that TensorFlow holds. `shape` and `dtype` (TF_DataType) are known without asking it again. */
export interface DeviceTensor {
  handle: Pointer;
  shape: number[];
  dtype: number;
}

/** Copies between memories without asking the user whether that is wanted (TFE_DEVICE_PLACEMENT_SILENT). */
const PLACEMENT_SILENT = 2;

export class Runtime {
  readonly api: CApi;
  readonly context: Pointer;
  /** Where operations run, e.g. `/job:localhost/replica:0/task:0/device:GPU:0`. */
  device = '';
  /** Tensors alive: what a leak test counts. */
  tensorCount = 0;
  private readonly status: Pointer;

  constructor({ api, sessionConfig }: RuntimeOptions) {
    this.api = api;
    this.status = api.TF_NewStatus() as Pointer;
    const options = api.TFE_NewContextOptions() as Pointer;
    api.TFE_ContextOptionsSetConfig(options, sessionConfig, sessionConfig.length, this.status);
    this.check('TFE_ContextOptionsSetConfig');
    api.TFE_ContextOptionsSetDevicePlacementPolicy(options, PLACEMENT_SILENT);
    this.context = api.TFE_NewContext(options, this.status) as Pointer;
    this.check('TFE_NewContext');
    api.TFE_DeleteContextOptions(options);
  }

  /** Runs a C call that reports by status and throws MLIP_E_ENGINE_OP, naming `what`, if it failed. */
  checked<T>(what: string, call: (status: Pointer) => T): T {
    const result = call(this.status);
    this.check(what);
    return result;
  }

  private check(what: string, status: Pointer = this.status): void {
    if (this.api.TF_GetCode(status) === 0) return;
    throw new MlipError('MLIP_E_ENGINE_OP', `${what}: ${this.api.TF_Message(status) as string}`);
  }

  /** Copies host values into a new tensor of TensorFlow's. */
  upload(shape: readonly number[], dtype: number, values: HostArray): DeviceTensor {
    const tensor = this.allocate(shape, dtype, values);
    const handle = this.checked('TFE_NewTensorHandle', (s) => this.api.TFE_NewTensorHandle(tensor, s) as Pointer);
    this.api.TF_DeleteTensor(tensor);
    this.tensorCount++;
    return { handle, shape: [...shape], dtype };
  }

  /** A TF_Tensor with the given contents; the caller deletes it. */
  allocate(shape: readonly number[], dtype: number, values: HostArray): Pointer {
    const dims = BigInt64Array.from(shape, BigInt);
    const tensor = this.api.TF_AllocateTensor(dtype, dims, shape.length, values.byteLength) as Pointer;
    if (values.byteLength > 0) {
      const source = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      new Uint8Array(koffi.view(this.api.TF_TensorData(tensor), values.byteLength)).set(source);
    }
    return tensor;
  }

  /** Copies a tensor's values out, from whichever device they are on. */
  download(tensor: DeviceTensor): HostArray {
    return this.withHostValues(tensor, (values) => values.slice());
  }

  /** Hands the tensor's values to `use` without copying where they are on the host; they are valid only inside. */
  withHostValues<T>(tensor: DeviceTensor, use: (values: HostArray) => T): T {
    const { api } = this;
    const host = this.checked(
      'TFE_TensorHandleResolve',
      (s) => api.TFE_TensorHandleResolve(tensor.handle, s) as Pointer,
    );
    try {
      if (bytesPerElement(tensor.dtype) === undefined) {
        throw new MlipError('MLIP_E_ENGINE_OP', `cannot read a tensor of TensorFlow type ${tensor.dtype}`);
      }
      const bytes = Number(api.TF_TensorByteSize(host));
      const buffer = bytes === 0 ? new ArrayBuffer(0) : koffi.view(api.TF_TensorData(host), bytes);
      return use(typedView(buffer, tensor.dtype));
    } finally {
      api.TF_DeleteTensor(host);
    }
  }

  /** Executes one operation now, on this thread. */
  execute(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly DeviceTensor[],
    count: number,
  ): DeviceTensor[] {
    const op = this.prepare(name, attributes, inputs);
    try {
      const results = new BigUint64Array(Math.max(count, 1));
      const actual = Int32Array.of(count);
      this.checked(name, (status) => void this.api.TFE_Execute(op, results, actual, status));
      return this.adopt(results, actual[0]);
    } finally {
      this.api.TFE_DeleteOp(op);
    }
  }

  /** Executes one operation (a compiled function, as a rule) on a thread of libuv's pool; the event loop goes on. */
  async executeAsync(name: string, inputs: readonly DeviceTensor[], count: number): Promise<DeviceTensor[]> {
    const op = this.prepare(name, [], inputs);
    const status = this.api.TF_NewStatus() as Pointer;
    const results = new BigUint64Array(Math.max(count, 1));
    const actual = Int32Array.of(count);
    try {
      await new Promise<void>((resolve, reject) => {
        this.api.TFE_Execute.async(op, results, actual, status, (error: unknown) =>
          error ? reject(error) : resolve(),
        );
      });
      this.check(name, status);
      return this.adopt(results, actual[0]);
    } finally {
      this.api.TFE_DeleteOp(op);
      this.api.TF_DeleteStatus(status);
    }
  }

  private prepare(name: string, attributes: readonly OpAttribute[], inputs: readonly DeviceTensor[]): Pointer {
    const { api } = this;
    const op = this.checked(name, (status) => api.TFE_NewOp(this.context, name, status) as Pointer);
    if (this.device !== '') this.checked(name, (status) => void api.TFE_OpSetDevice(op, this.device, status));
    for (const input of inputs) this.checked(name, (status) => void api.TFE_OpAddInput(op, input.handle, status));
    setEagerAttributes(this, op, attributes);
    return op;
  }

  private adopt(handles: BigUint64Array, count: number): DeviceTensor[] {
    this.tensorCount += count;
    return Array.from(handles.subarray(0, count), (handle) => this.describe(handle));
  }

  private describe(handle: Pointer): DeviceTensor {
    const { api } = this;
    const rank = this.checked('rank', (status) => api.TFE_TensorHandleNumDims(handle, status) as number);
    const dim = (axis: number): number =>
      Number(this.checked('shape', (status) => api.TFE_TensorHandleDim(handle, axis, status) as bigint));
    return {
      handle,
      shape: Array.from({ length: rank }, (_, axis) => dim(axis)),
      dtype: api.TFE_TensorHandleDataType(handle) as number,
    };
  }

  delete(tensor: DeviceTensor): void {
    this.api.TFE_DeleteTensorHandle(tensor.handle);
    this.tensorCount--;
  }

  /** Names and types (CPU, GPU, ...) of the devices that TensorFlow sees. */
  devices(): { name: string; type: string }[] {
    const { api } = this;
    const list = this.checked('TFE_ContextListDevices', (s) => api.TFE_ContextListDevices(this.context, s) as Pointer);
    const devices = Array.from({ length: api.TF_DeviceListCount(list) as number }, (_, index) => ({
      name: this.checked('device', (s) => api.TF_DeviceListName(list, index, s) as string),
      type: this.checked('device', (s) => api.TF_DeviceListType(list, index, s) as string),
    }));
    api.TF_DeleteDeviceList(list);
    return devices;
  }
}
