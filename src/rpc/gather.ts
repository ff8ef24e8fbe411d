/** A worker's side of the gather: its rows go to the coordinator, the rows of all ranks come back. */
import { type Client, type ClientDuplexStream, Metadata, type ServiceError } from '@grpc/grpc-js';
import { fromStatus } from './failure.js';
import { type GatherMessage, type GatherMessageSeen, methods } from './service.js';
import { writeAll } from './stream.js';
import {
  type GatherPlace,
  type GatherTensor,
  type SessionClaim,
  tensorAssembler,
  tensorMessages,
} from './tensor-stream.js';

export interface GatherCall {
  client: Client;
  /** Of the coordinator, for errors. */
  address: string;
  place: GatherPlace;
  session: SessionClaim;
  tensors: readonly GatherTensor[];
  /** B, rows of the answer. */
  batchSize: number;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Resolves to tensors of [B, width] by name, rows in order of micro-batches. Rejects with an MlipError. */
export async function gather(call: GatherCall): Promise<Map<string, Float32Array>> {
  const stream = openStream(call);
  const cancel = (): void => {
    stream.cancel();
    stream.destroy();
  };
  call.signal.addEventListener('abort', cancel, { once: true });
  try {
    const [gathered] = await Promise.all([readAnswer(stream, call), writeRows(stream, call)]);
    return gathered;
  } catch (error) {
    cancel();
    throw error;
  } finally {
    call.signal.removeEventListener('abort', cancel);
  }
}

type GatherStream = ClientDuplexStream<GatherMessage, GatherMessageSeen>;

function openStream({ client, timeoutMs }: GatherCall): GatherStream {
  const { path, requestSerialize, responseDeserialize } = methods.gather;
  const options = { deadline: Date.now() + timeoutMs };
  return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), options);
}

async function writeRows(stream: GatherStream, { place, session, tensors }: GatherCall): Promise<void> {
  await writeAll(stream, tensorMessages({ ...place, ...session }, tensors));
  stream.end();
}

function readAnswer(stream: GatherStream, { batchSize, address }: GatherCall): Promise<Map<string, Float32Array>> {
  const assembler = tensorAssembler(batchSize);
  return new Promise((resolve, reject) => {
    const attempt = (action: () => void): void => {
      try {
        action();
      } catch (error) {
        reject(error);
      }
    };
    stream.on('data', (message: GatherMessageSeen) => attempt(() => assembler.add(message)));
    stream.on('error', (error: ServiceError) => reject(fromStatus(error, address)));
    stream.on('end', () => attempt(() => resolve(assembler.finish())));
  });
}
