/**
 * Records operations into a TensorFlow graph instead of running them. Shapes are inferred by TensorFlow as the nodes are
 * added, so a whole training step is traced without computing anything.
 */
import { MlipError } from '../core/errors.js';
import type { GraphOutput, Pointer } from './c-api.js';
import type { HostArray } from './dtypes.js';
import { setGraphAttributes, type OpAttribute } from './op-attributes.js';
import type { Runtime } from './runtime.js';

/** A tensor as tfjs knows it: its number with the binding, its shape, its TF_DataType. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  dtype: number;
}

/** A node of the graph and the symbolic tensors that it reads. */
export interface RecordedNode {
  op: string;
  oper: Pointer;
  inputIds: number[];
}

/** A tensor of the trace: an output of a node, without values. */
export interface SymbolicTensor extends TensorMetadata {
  node: RecordedNode;
  output: GraphOutput;
}

/** Operations whose first argument is a list of tensors; all inputs but the last `after` belong to it. */
const LIST_INPUT: Record<string, { after: number }> = {
  AddN: { after: 0 },
  ConcatV2: { after: 1 },
  Pack: { after: 0 },
  Einsum: { after: 0 },
};

/** Far from the numbers of real tensors, so that a tensor of the wrong world is noticed. */
const FIRST_SYMBOLIC_ID = 2 ** 40;

export class Recorder {
  readonly graph: Pointer;
  /** Kernels of tfjs that are being run, innermost last: named in errors. */
  readonly kernels: string[] = [];
  private readonly runtime: Runtime;
  private readonly symbols = new Map<number, SymbolicTensor>();
  private nodeCount = 0;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
    this.graph = runtime.api.TF_NewGraph() as Pointer;
  }

  symbol(id: number): SymbolicTensor {
    const found = this.symbols.get(id);
    if (found !== undefined) return found;
    throw new MlipError('MLIP_E_ENGINE_TRACE', `${this.where()} reads a tensor made outside the function`, {
      remedy: 'Pass the tensor as an argument of the compiled function.',
    });
  }

  placeholder(shape: readonly number[], dtype: number): TensorMetadata {
    return this.addNode('Placeholder', [], 1, (description) => {
      const { api } = this.runtime;
      api.TF_SetAttrType(description, 'dtype', dtype);
      api.TF_SetAttrShape(description, 'shape', BigInt64Array.from(shape, BigInt), shape.length);
    })[0];
  }

  /** The number of a constant with these values. */
  constant(shape: readonly number[], dtype: number, values: HostArray): number {
    const { api } = this.runtime;
    const tensor = this.runtime.allocate(shape, dtype, values);
    const [node] = this.addNode('Const', [], 1, (description) => {
      api.TF_SetAttrType(description, 'dtype', dtype);
      this.runtime.checked('Const', (status) => void api.TF_SetAttrTensor(description, 'value', tensor, status));
    });
    api.TF_DeleteTensor(tensor);
    return node.id;
  }

  record(op: string, attributes: OpAttribute[], inputIds: number[], outputCount: number): TensorMetadata[] {
    return this.addNode(op, inputIds, outputCount, (description) => {
      this.addInputs(op, description, inputIds);
      setGraphAttributes(this.runtime.api, description, attributes);
    });
  }

  /** Called where values would be read: there are none. */
  refuseRead(): never {
    throw new MlipError('MLIP_E_ENGINE_TRACE', `${this.where()} reads a tensor's values and cannot be compiled`, {
      remedy: 'Use an operation whose result does not depend on values, or run with --no-compile.',
    });
  }

  dispose(): void {
    this.runtime.api.TF_DeleteGraph(this.graph);
  }

  private where(): string {
    return this.kernels.length === 0 ? 'the function' : `operation ${this.kernels.at(-1)}`;
  }

  private addInputs(op: string, description: Pointer, inputIds: readonly number[]): void {
    const { api } = this.runtime;
    const inputs = inputIds.map((id) => this.symbol(id).output);
    const listLength = op in LIST_INPUT ? inputs.length - LIST_INPUT[op].after : 0;
    if (listLength > 0) api.TF_AddInputList(description, inputs.slice(0, listLength), listLength);
    for (const input of inputs.slice(listLength)) api.TF_AddInput(description, input);
  }

  private addNode(
    op: string,
    inputIds: number[],
    outputCount: number,
    fill: (description: Pointer) => void,
  ): SymbolicTensor[] {
    const { api } = this.runtime;
    const description = api.TF_NewOperation(this.graph, op, `n${this.nodeCount++}`) as Pointer;
    fill(description);
    const oper = this.tracing(op, (status) => api.TF_FinishOperation(description, status) as Pointer);
    const node = { op, oper, inputIds };
    return Array.from({ length: outputCount }, (_, index) => this.addSymbol(node, { oper, index }));
  }

  private addSymbol(node: RecordedNode, output: GraphOutput): SymbolicTensor {
    const { api } = this.runtime;
    const rank = this.tracing(node.op, (s) => api.TF_GraphGetTensorNumDims(this.graph, output, s) as number);
    const dims = new BigInt64Array(Math.max(rank, 1));
    if (rank > 0) this.tracing(node.op, (s) => void api.TF_GraphGetTensorShape(this.graph, output, dims, rank, s));
    const shape = Array.from(dims.subarray(0, Math.max(rank, 0)), Number);
    if (rank < 0 || shape.includes(-1)) {
      throw new MlipError('MLIP_E_ENGINE_TRACE', `the shape of what operation ${node.op} returns depends on values`);
    }
    const dtype = api.TF_OperationOutputType(output) as number;
    const symbol = { id: FIRST_SYMBOLIC_ID + this.symbols.size, shape, dtype, node, output };
    this.symbols.set(symbol.id, symbol);
    return symbol;
  }

  private tracing<T>(op: string, call: (status: Pointer) => T): T {
    try {
      return this.runtime.checked(op, call);
    } catch (error) {
      throw new MlipError('MLIP_E_ENGINE_TRACE', `operation ${op} cannot be traced: ${(error as Error).message}`);
    }
  }
}
