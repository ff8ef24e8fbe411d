/** What a client of the coordinator shows: the run's token with each call, its certificate with each connection. */
import type { Socket } from 'node:net';
import {
  CallCredentials,
  ChannelCredentials,
  InterceptingCall,
  type Interceptor,
  type experimental,
} from '@grpc/grpc-js';
import type { MlipError } from '../core/errors.js';
import type { RunToken } from '../security/run-token.js';
import { type Callee, secure } from '../security/tls-connect.js';
import type { TlsFiles } from '../security/tls-files.js';
import { HTTP2, TOKEN_KEY } from './protocol.js';

/** Adds the token to the metadata of every call. */
export function showing(token: RunToken): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        metadata.set(TOKEN_KEY, token.reveal());
        next(metadata, listener);
      },
    });
}

/** TLS with the certificate as it is when a connection is made: grpc-js' own credentials keep the first one for ever. */
export class TlsCredentials extends ChannelCredentials {
  /** The first refusal by one of the two ends: to try again would not help. */
  readonly refused: Promise<MlipError>;
  private refuse!: (error: MlipError) => void;
  private drops = 0;
  private readonly tls: TlsFiles;
  private readonly callee: Callee;

  constructor(tls: TlsFiles, callee: Callee) {
    super();
    this.tls = tls;
    this.callee = callee;
    this.refused = new Promise((resolve) => (this.refuse = resolve));
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this;
  }

  override _createSecureConnector(
    _target: unknown,
    _options: unknown,
    credentials = CallCredentials.createEmpty(),
  ): experimental.SecureConnector {
    return {
      connect: async (socket) => ({ socket: await this.connect(socket), secure: true }),
      waitForReady: async () => undefined,
      getCallCredentials: () => credentials,
      destroy: () => undefined,
    };
  }

  private connect(socket: Socket): Promise<Socket> {
    return secure(socket, this.tls, this.callee, HTTP2, {
      refused: (error) => this.refuse(error),
      // A coordinator that is killed in this moment does the same, but not twice.
      dropped: (error) => void (++this.drops > 1 && this.refuse(error)),
      heard: () => (this.drops = 0),
    });
  }
}
