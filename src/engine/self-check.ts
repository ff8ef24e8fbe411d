/** What `mlip doctor` asks of the engine: does it load, on which device, and does it have what the model code needs. */
import * as tf from '@tensorflow/tfjs-core';
import { messageOf } from '../core/errors.js';
import type { Pointer } from './c-api.js';
import { findLibrary, type LibraryPaths } from './library-paths.js';
import { loadEngine, type Engine } from './load.js';

export interface EngineCheck {
  name: string;
  ok: boolean;
  detail: string;
  /** Empty where there is nothing to do. */
  remedy: string;
}

/** Operations of TensorFlow's that the encoders, losses and optimiser are made of, with their gradients. */
const OPERATIONS = [
  ...['AddN', 'AddV2', 'AvgPool', 'AvgPoolGrad', 'BatchMatMulV2', 'Bitcast', 'Cast', 'ConcatV2', 'Const', 'Conv2D'],
  ...['Conv2DBackpropFilter', 'Conv2DBackpropInput', 'Erf', 'Exp', 'Fill', 'GatherV2', 'Greater', 'GreaterEqual'],
  ...['LogSoftmax', 'MatMul', 'Maximum', 'MaxPool', 'MaxPoolGrad', 'Mean', 'Minimum', 'Mul', 'Pad', 'PadV2', 'Pow'],
  ...[
    'RealDiv',
    'Relu',
    'Reshape',
    'Rsqrt',
    'Slice',
    'Softmax',
    'SplitV',
    'Sqrt',
    'Square',
    'StatelessRandomUniformFullIntV2',
  ],
  ...['Sub', 'Sum', 'Tile', 'Transpose', 'UnsortedSegmentSum', 'ZerosLike'],
];

/** Loads the engine without installing it; a check fails rather than throws. */
export async function checkEngine(): Promise<EngineCheck[]> {
  let paths: LibraryPaths | undefined;
  try {
    paths = findLibrary();
  } catch (error) {
    return [failed('engine', messageOf(error), 'Correct or unset MLIP_LIBTENSORFLOW.')];
  }
  if (paths === undefined) return [failed('engine', 'TensorFlow is not installed', 'Run `mlip engine install`.')];
  try {
    const engine = await loadEngine();
    return [loaded(engine, paths), device(engine), kernels(engine), await compiling(engine)];
  } catch (error) {
    return [failed('engine', messageOf(error), 'Run `mlip engine install --force`.')];
  }
}

const failed = (name: string, detail: string, remedy: string): EngineCheck => ({ name, ok: false, detail, remedy });
const passed = (name: string, detail: string): EngineCheck => ({ name, ok: true, detail, remedy: '' });

function loaded({ tensorFlowVersion }: Engine, { library }: LibraryPaths): EngineCheck {
  return passed('engine', `TensorFlow ${tensorFlowVersion}, ${library}`);
}

function device({ device, threads }: Engine): EngineCheck {
  return passed('device', device === 'CPU' ? `CPU, ${threads} threads` : device);
}

function kernels({ runtime }: Engine): EngineCheck {
  const missing = OPERATIONS.filter((name) => !exists(name));
  if (missing.length === 0) return passed('kernels', `all ${OPERATIONS.length} operations in use are there`);
  return failed('kernels', `missing: ${missing.join(', ')}`, 'Use the TensorFlow that `mlip engine install` brings.');

  function exists(name: string): boolean {
    try {
      const op = runtime.checked(name, (status) => runtime.api.TFE_NewOp(runtime.context, name, status) as Pointer);
      runtime.api.TFE_DeleteOp(op);
      return true;
    } catch {
      return false;
    }
  }
}

async function compiling(engine: Engine): Promise<EngineCheck> {
  const product = engine.compile('doctor', ({ x }: { x: tf.Tensor2D }) => tf.matMul(x, x));
  const result = await product({ x: tf.tensor2d([1, 2, 3, 4], [2, 2]) });
  const values = engine.read(result).join();
  if (values === '7,10,15,22') return passed('compiler', 'a compiled function gives the right numbers');
  return failed('compiler', `a compiled product is wrong: ${values}`, 'Run with --no-compile and report this.');
}
