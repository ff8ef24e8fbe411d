/** Loads the engine into this process: finds TensorFlow, makes its one context, and makes it tfjs' backend. */
import * as tf from '@tensorflow/tfjs-core';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MlipError } from '../core/errors.js';
import { deviceTensor, registerBackend, tfjsTensor, type NodeBackend } from './backend.js';
import { TF } from './dtypes.js';
import { bindCApi } from './c-api.js';
import { compile, type CompileContext, type Compiled } from './compile.js';
import { differentiable, type Differentiable, type DifferentiableFunction } from './differentiable.js';
import type { Compiler } from './graph-function.js';
import { preloadCuda } from './cuda.js';
import { cacheDirectory, findLibrary, pathsIn, type LibraryPaths } from './library-paths.js';
import { installEngine } from './provision/install.js';
import { Runtime } from './runtime.js';
import { encodeSessionConfig } from './session-config.js';
import type { TensorTree } from './tensor-tree.js';

export interface EngineOptions {
  /** `auto` takes the first GPU where TensorFlow sees one. */
  device?: 'auto' | 'cpu' | 'gpu';
  /** Threads that one operation may use; 0 takes all cores. */
  threads?: number;
  /** False runs every operation by itself, for debugging. */
  compile?: boolean;
  compiler?: 'auto' | Compiler;
}

export interface Engine {
  tensorFlowVersion: string;
  /** `CPU` or e.g. `GPU:0`. */
  device: string;
  threads: number;
  runtime: Runtime;
  backend: NodeBackend;
  /** `compiler` overrides the engine's: XLA is slow to compile hundreds of small independent operations. */
  compile<In extends TensorTree, Out extends TensorTree>(
    name: string,
    fn: (inputs: In) => Out,
    compiler?: Compiler,
  ): Compiled<In, Out>;
  differentiable<In extends TensorTree>(name: string, fn: DifferentiableFunction<In>): Differentiable<In>;
  /** A float32 tensor with a copy of `values` taken now; tf.tensor keeps them and copies when they are first used. */
  upload(values: Float32Array, shape: readonly number[]): tf.Tensor;
  /** A copy of a float32 tensor's values. */
  read(tensor: tf.Tensor): Float32Array;
  /** Hands over a float32 tensor's values without copying; they are valid only inside. */
  use(tensor: tf.Tensor, consume: (values: Float32Array) => void): void;
}

let loaded: Engine | undefined;

/** The engine of this process; TensorFlow allows one context, so the options of the first call stay in force. */
export async function loadEngine(options: EngineOptions = {}): Promise<Engine> {
  loaded ??= await createEngine(options);
  return loaded;
}

async function createEngine(options: EngineOptions): Promise<Engine> {
  const { device = 'auto', compile: compiling = true, compiler = 'auto' } = options;
  const threads = options.threads || availableParallelism();
  const paths = findLibrary() ?? pathsIn(await installEngine());
  setEnvironment(device, compiling && chooseCompiler(compiler) === 'xla');
  if (device !== 'cpu') preloadCuda(paths);
  const runtime = openRuntime(paths, threads, device !== 'cpu');
  const chosen = chooseDevice(runtime, device);
  const backend = await registerBackend(runtime);
  const context: CompileContext = { runtime, backend, compiler: compiling ? chooseCompiler(compiler) : undefined };
  return {
    tensorFlowVersion: runtime.api.TF_Version() as string,
    device: chosen,
    threads,
    runtime,
    backend,
    compile: (name, fn, own) =>
      compile({ ...context, compiler: context.compiler && (own ?? context.compiler) }, name, fn),
    differentiable: (name, fn) => differentiable(context, name, fn),
    upload: (values, shape) => tfjsTensor(backend, runtime.upload(shape, TF.FLOAT, values)),
    read: (tensor) => runtime.download(deviceTensor(backend, tensor)) as Float32Array,
    use: (tensor, consume) =>
      runtime.withHostValues(deviceTensor(backend, tensor), (values) => consume(values as Float32Array)),
  };
}

const chooseCompiler = (wish: 'auto' | Compiler): Compiler => (wish === 'auto' ? 'xla' : wish);

/** TensorFlow reads these when it is loaded; what the user has set stays. */
function setEnvironment(device: string, xla: boolean): void {
  // XLA does not use oneDNN, whose pools would keep memory that nobody gets back.
  if (xla && device !== 'gpu') process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '0';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  const xlaCache = join(cacheDirectory(), 'xla');
  mkdirSync(xlaCache, { recursive: true });
  process.env['TF_XLA_FLAGS'] ??=
    `--tf_xla_persistent_cache_directory=${xlaCache} --tf_xla_persistent_cache_prefix=mlip`;
  tf.env().set('IS_NODE', true);
}

function openRuntime({ framework, library }: LibraryPaths, intraOpThreads: number, gpu: boolean): Runtime {
  try {
    const api = bindCApi(framework, library);
    return new Runtime({ api, sessionConfig: encodeSessionConfig({ intraOpThreads, gpu }) });
  } catch (cause) {
    throw new MlipError('MLIP_E_ENGINE_LOAD', `TensorFlow could not be loaded: ${(cause as Error).message}`, {
      where: library,
      remedy: 'Run `mlip engine install --force`, or point MLIP_LIBTENSORFLOW at a working libtensorflow_cc.so.2.',
      cause,
    });
  }
}

function chooseDevice(runtime: Runtime, wish: 'auto' | 'cpu' | 'gpu'): string {
  const gpu = runtime.devices().find(({ type }) => type === 'GPU');
  if (gpu !== undefined && wish !== 'cpu') {
    runtime.device = gpu.name;
    return 'GPU:0';
  }
  if (wish !== 'gpu') return 'CPU';
  throw new MlipError('MLIP_E_ENGINE_LOAD', 'engine.device is gpu, but TensorFlow sees no GPU', {
    remedy:
      'Install the CUDA libraries with `mlip engine install --gpu`, check `nvidia-smi`, or set engine.device=cpu.',
  });
}
