/** tensorflow.ConfigProto, as far as mlip sets it, in its wire format (protobuf/config.proto). */
import protobuf from 'protobufjs/minimal.js';

export interface SessionConfig {
  /** Threads that one operation may use (intra_op_parallelism_threads). */
  intraOpThreads: number;
  /** Whether GPUs are used; their memory is then taken as needed (gpu_options.allow_growth). */
  gpu: boolean;
}

const FIELD = { deviceCount: 1, intraOpThreads: 2, interOpThreads: 5, gpuOptions: 6 } as const;
const GPU_OPTIONS_ALLOW_GROWTH = 4;
const varint = (field: number): number => field << 3;
const bytes = (field: number): number => (field << 3) | 2;

export function encodeSessionConfig({ intraOpThreads, gpu }: SessionConfig): Uint8Array {
  const writer = protobuf.Writer.create();
  if (!gpu) {
    const noGpu = protobuf.Writer.create().uint32(bytes(1)).string('GPU').uint32(varint(2)).int32(0).finish();
    writer.uint32(bytes(FIELD.deviceCount)).bytes(noGpu);
  }
  writer.uint32(varint(FIELD.intraOpThreads)).int32(intraOpThreads);
  writer.uint32(varint(FIELD.interOpThreads)).int32(Math.max(1, Math.min(2, intraOpThreads)));
  const growth = protobuf.Writer.create().uint32(varint(GPU_OPTIONS_ALLOW_GROWTH)).bool(true).finish();
  return writer.uint32(bytes(FIELD.gpuOptions)).bytes(growth).finish();
}
