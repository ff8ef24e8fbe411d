/** Calls of the coordinator without any check of ours: bytes as they are, and the code with which the call ends. */
import {
  Client,
  type ClientDuplexStream,
  type ClientOptions,
  Metadata,
  type ServiceError,
  credentials,
} from '@grpc/grpc-js';
import { fromStatus } from '../../src/rpc/failure.js';
import { TOKEN_KEY } from '../../src/rpc/protocol.js';
import { testToken } from './access.js';

export type RawStream = ClientDuplexStream<Buffer, Buffer>;

const same = (bytes: Buffer): Buffer => bytes;

export class RawClient {
  readonly address: string;
  private readonly client: Client;
  private readonly token: string | undefined;

  constructor(address: string, token: string | undefined = testToken.reveal(), options: ClientOptions = {}) {
    this.address = address;
    this.token = token;
    this.client = new Client(address, credentials.createInsecure(), {
      ...{ 'grpc.max_send_message_length': -1, 'grpc.use_local_subchannel_pool': 1 },
      ...options,
    });
  }

  open(path: string): RawStream {
    const metadata = new Metadata();
    if (this.token !== undefined) metadata.set(TOKEN_KEY, this.token);
    const stream = this.client.makeBidiStreamRequest(path, same, same, metadata, {});
    stream.on('data', () => undefined);
    stream.on('error', () => undefined);
    return stream;
  }

  /** Of the error with which a call ends; `ok` without. */
  endOf(stream: RawStream): Promise<string> {
    return new Promise((resolve) => {
      stream.on('error', (error: ServiceError) => resolve(fromStatus(error, this.address).code));
      stream.on('end', () => setImmediate(() => resolve('ok')));
    });
  }

  /** Writes, half-closes, and waits for the end. */
  async talk(path: string, messages: readonly Buffer[]): Promise<string> {
    const stream = this.open(path);
    const end = this.endOf(stream);
    for (const message of messages) stream.write(message);
    stream.end();
    return end;
  }

  close(): void {
    this.client.close();
  }
}
