/**
 * The part of TensorFlow's C API (tensorflow/c/c_api.h, c/eager/c_api.h) that mlip calls, bound with koffi.
 * Pointers are bigints. Nothing here decides anything: each entry is a C prototype.
 */
import koffi, { type LibraryHandle } from 'koffi';
import { closeSync, openSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';

/** A pointer to something that TensorFlow owns. */
export type Pointer = bigint;

/** An output of a node of a graph (TF_Output, passed by value). */
export interface GraphOutput {
  oper: Pointer;
  index: number;
}

koffi.struct('TF_Output', { oper: 'void *', index: 'int' });

const PROTOTYPES = {
  TF_Version: 'const char *TF_Version()',
  TF_NewStatus: 'void *TF_NewStatus()',
  TF_GetCode: 'int TF_GetCode(void *status)',
  TF_Message: 'const char *TF_Message(void *status)',
  TF_DeleteStatus: 'void TF_DeleteStatus(void *status)',

  TFE_NewContextOptions: 'void *TFE_NewContextOptions()',
  TFE_ContextOptionsSetConfig:
    'void TFE_ContextOptionsSetConfig(void *options, uint8_t *proto, size_t length, void *status)',
  TFE_ContextOptionsSetDevicePlacementPolicy:
    'void TFE_ContextOptionsSetDevicePlacementPolicy(void *options, int policy)',
  TFE_DeleteContextOptions: 'void TFE_DeleteContextOptions(void *options)',
  TFE_NewContext: 'void *TFE_NewContext(void *options, void *status)',
  TFE_ContextListDevices: 'void *TFE_ContextListDevices(void *context, void *status)',
  TFE_ContextAddFunction: 'void TFE_ContextAddFunction(void *context, void *function, void *status)',
  TF_DeviceListCount: 'int TF_DeviceListCount(void *list)',
  TF_DeviceListName: 'const char *TF_DeviceListName(void *list, int index, void *status)',
  TF_DeviceListType: 'const char *TF_DeviceListType(void *list, int index, void *status)',
  TF_DeleteDeviceList: 'void TF_DeleteDeviceList(void *list)',

  TF_AllocateTensor: 'void *TF_AllocateTensor(int dtype, int64_t *dims, int rank, size_t length)',
  TF_TensorData: 'void *TF_TensorData(void *tensor)',
  TF_TensorByteSize: 'size_t TF_TensorByteSize(void *tensor)',
  TF_DeleteTensor: 'void TF_DeleteTensor(void *tensor)',
  TFE_NewTensorHandle: 'void *TFE_NewTensorHandle(void *tensor, void *status)',
  TFE_DeleteTensorHandle: 'void TFE_DeleteTensorHandle(void *handle)',
  TFE_TensorHandleDataType: 'int TFE_TensorHandleDataType(void *handle)',
  TFE_TensorHandleNumDims: 'int TFE_TensorHandleNumDims(void *handle, void *status)',
  TFE_TensorHandleDim: 'int64_t TFE_TensorHandleDim(void *handle, int index, void *status)',
  TFE_TensorHandleResolve: 'void *TFE_TensorHandleResolve(void *handle, void *status)',

  TFE_NewOp: 'void *TFE_NewOp(void *context, const char *name, void *status)',
  TFE_DeleteOp: 'void TFE_DeleteOp(void *op)',
  TFE_OpSetDevice: 'void TFE_OpSetDevice(void *op, const char *device, void *status)',
  TFE_OpAddInput: 'void TFE_OpAddInput(void *op, void *handle, void *status)',
  TFE_OpSetAttrString: 'void TFE_OpSetAttrString(void *op, const char *name, const char *value, size_t length)',
  TFE_OpSetAttrInt: 'void TFE_OpSetAttrInt(void *op, const char *name, int64_t value)',
  TFE_OpSetAttrIntList: 'void TFE_OpSetAttrIntList(void *op, const char *name, int64_t *values, int count)',
  TFE_OpSetAttrFloat: 'void TFE_OpSetAttrFloat(void *op, const char *name, float value)',
  TFE_OpSetAttrBool: 'void TFE_OpSetAttrBool(void *op, const char *name, uint8_t value)',
  TFE_OpSetAttrType: 'void TFE_OpSetAttrType(void *op, const char *name, int value)',
  TFE_OpSetAttrShape: 'void TFE_OpSetAttrShape(void *op, const char *name, int64_t *dims, int rank, void *status)',
  TFE_Execute: 'void TFE_Execute(void *op, void *outputs, void *count, void *status)',

  TF_NewGraph: 'void *TF_NewGraph()',
  TF_DeleteGraph: 'void TF_DeleteGraph(void *graph)',
  TF_NewOperation: 'void *TF_NewOperation(void *graph, const char *type, const char *name)',
  TF_AddInput: 'void TF_AddInput(void *description, TF_Output input)',
  TF_AddInputList: 'void TF_AddInputList(void *description, TF_Output *inputs, int count)',
  TF_SetAttrString: 'void TF_SetAttrString(void *description, const char *name, const char *value, size_t length)',
  TF_SetAttrInt: 'void TF_SetAttrInt(void *description, const char *name, int64_t value)',
  TF_SetAttrIntList: 'void TF_SetAttrIntList(void *description, const char *name, int64_t *values, int count)',
  TF_SetAttrFloat: 'void TF_SetAttrFloat(void *description, const char *name, float value)',
  TF_SetAttrBool: 'void TF_SetAttrBool(void *description, const char *name, uint8_t value)',
  TF_SetAttrType: 'void TF_SetAttrType(void *description, const char *name, int value)',
  TF_SetAttrShape: 'void TF_SetAttrShape(void *description, const char *name, int64_t *dims, int rank)',
  TF_SetAttrTensor: 'void TF_SetAttrTensor(void *description, const char *name, void *tensor, void *status)',
  TF_FinishOperation: 'void *TF_FinishOperation(void *description, void *status)',
  TF_OperationOutputType: 'int TF_OperationOutputType(TF_Output output)',
  TF_GraphGetTensorNumDims: 'int TF_GraphGetTensorNumDims(void *graph, TF_Output output, void *status)',
  TF_GraphGetTensorShape:
    'void TF_GraphGetTensorShape(void *graph, TF_Output output, void *dims, int rank, void *status)',
  TF_GraphToFunction:
    'void *TF_GraphToFunction(void *graph, const char *name, uint8_t appendHash, int operationCount, void **operations, ' +
    'int inputCount, TF_Output *inputs, int outputCount, TF_Output *outputs, const char **outputNames, void *options, ' +
    'const char *description, void *status)',
  TF_FunctionSetAttrValueProto:
    'void TF_FunctionSetAttrValueProto(void *function, const char *name, uint8_t *proto, size_t length, void *status)',
  TF_DeleteFunction: 'void TF_DeleteFunction(void *function)',
} as const;

type CFunction = ReturnType<LibraryHandle['func']>;
export type CApi = { [name in keyof typeof PROTOTYPES]: CFunction };

/** Opens the two libraries, the framework first since the other one needs its symbols, and binds the prototypes. */
export function bindCApi(frameworkPath: string, libraryPath: string): CApi {
  withoutStderr(() => koffi.load(frameworkPath, { global: true }));
  const library = koffi.load(libraryPath);
  const bound = Object.entries(PROTOTYPES).map(([name, prototype]) => [name, library.func(prototype)]);
  exitWithoutDestructors();
  return Object.fromEntries(bound) as CApi;
}

/** The framework greets on stderr while it is opened, before any log level can be set. Failures are thrown, not printed. */
function withoutStderr(open: () => void): void {
  const libc = koffi.load(null);
  const dup2 = libc.func('int dup2(int from, int to)') as (from: number, to: number) => number;
  const kept = (libc.func('int dup(int descriptor)') as (descriptor: number) => number)(2);
  const nothing = openSync(devNull, 'w');
  dup2(nothing, 2);
  try {
    open();
  } finally {
    dup2(kept, 2);
    closeSync(nothing);
    closeSync(kept);
  }
}

/** TensorFlow's threads outlive its static destructors, which then crash the process: it ends without running them. */
function exitWithoutDestructors(): void {
  const exitNow = koffi.load(null).func('void _exit(int code)');
  // Node prints an error that nobody catches only after `exit`.
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') === 0) writeSync(2, `${error.stack ?? String(error)}\n`);
  });
  process.on('exit', (code) => void exitNow(code));
}
