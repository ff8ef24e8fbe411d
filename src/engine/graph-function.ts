/** Turns (a part of) a traced graph into a TensorFlow function that the runtime can execute. */
import type { GraphOutput, Pointer } from './c-api.js';
import type { Recorder, RecordedNode, SymbolicTensor } from './recorder.js';
import type { DeviceTensor, Runtime } from './runtime.js';

export type Compiler = 'xla' | 'executor';

export interface GraphFunction {
  run(inputs: readonly DeviceTensor[]): Promise<DeviceTensor[]>;
}

interface FunctionParts {
  name: string;
  recorder: Recorder;
  nodes: readonly RecordedNode[];
  inputs: readonly SymbolicTensor[];
  outputs: readonly SymbolicTensor[];
}

/** tensorflow.AttrValue { b: true }. */
const TRUE_ATTRIBUTE = Uint8Array.of(0x28, 0x01);

export function createFunction(runtime: Runtime, compiler: Compiler, parts: FunctionParts): GraphFunction {
  const { name } = parts;
  const pointer = graphToFunction(runtime, parts);
  if (compiler === 'xla') markForXla(runtime, pointer);
  const { api } = runtime;
  runtime.checked(name, (status) => void api.TFE_ContextAddFunction(runtime.context, pointer, status));
  api.TF_DeleteFunction(pointer);
  return { run: (inputs) => runtime.executeAsync(name, inputs, parts.outputs.length) };
}

function graphToFunction(runtime: Runtime, { name, recorder, nodes, inputs, outputs }: FunctionParts): Pointer {
  const operations = BigUint64Array.from(nodes, (node) => node.oper);
  const ins = inputs.map((symbol) => symbol.output);
  const outs: GraphOutput[] = outputs.map((symbol) => symbol.output);
  return runtime.checked(
    name,
    (status) =>
      runtime.api.TF_GraphToFunction(
        ...[
          recorder.graph,
          name,
          0,
          nodes.length,
          operations,
          ins.length,
          ins,
          outs.length,
          outs,
          null,
          null,
          null,
          status,
        ],
      ) as Pointer,
  );
}

function markForXla(runtime: Runtime, pointer: Pointer): void {
  runtime.checked(
    '_XlaMustCompile',
    (status) =>
      void runtime.api.TF_FunctionSetAttrValueProto(
        pointer,
        '_XlaMustCompile',
        TRUE_ATTRIBUTE,
        TRUE_ATTRIBUTE.length,
        status,
      ),
  );
}
