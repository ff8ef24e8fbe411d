/** Connections of a client to the coordinator. */
import {
  type ChannelOptions,
  Client,
  connectivityState,
  credentials,
  logVerbosity,
  setLogVerbosity,
} from '@grpc/grpc-js';
import { MlipError } from '../core/errors.js';
import type { Access } from '../security/access.js';
import { parseAddress } from './address.js';
import { TlsCredentials, showing } from './credentials.js';
import { MAX_MESSAGE_BYTES } from './protocol.js';

// Every failure of a call reaches its caller as an error: grpc-js need not print it too.
setLogVerbosity(logVerbosity.NONE);

/** What both ends set: sizes are bounded, proxies of the environment are none of a cluster's business. */
export const COMMON_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_channelz': 0,
};

const CLIENT_OPTIONS: ChannelOptions = {
  ...COMMON_OPTIONS,
  // A coordinator that freezes or falls off the network closes no socket: pings find it.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // A retried call would send a tensor or join a run twice.
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.use_local_subchannel_pool': 1,
};

/** Bulk data gets its own connection, so that no heartbeat waits behind it, and a window that fills a fast network. */
const BULK_OPTIONS: ChannelOptions = { ...CLIENT_OPTIONS, 'grpc-node.flow_control_window': 8 * 1024 * 1024 };

/** A client of the coordinator that shows what lets it in. Its connection is made by the first call. */
export class Channel extends Client {
  /** Null without TLS. */
  readonly tls: TlsCredentials | null;

  constructor(address: string, use: 'control' | 'bulk', { token, tls }: Access) {
    const { host } = parseAddress(address);
    const callee = { role: 'coordinator' as const, host: host.replace(/[[\]]/g, ''), name: address };
    const secured = tls === null ? null : new TlsCredentials(tls, callee);
    const options = use === 'bulk' ? BULK_OPTIONS : CLIENT_OPTIONS;
    super(address, secured ?? credentials.createInsecure(), { ...options, interceptors: [showing(token)] });
    this.tls = secured;
  }
}

/** Throws MLIP_E_RPC_ADDRESS. */
export function openChannel(address: string, use: 'control' | 'bulk', access: Access): Channel {
  return new Channel(address, use, access);
}

/**
 * Waits until the coordinator answers, trying again with growing pauses. Rejects with MLIP_E_RPC_UNREACHABLE, and at once
 * with MLIP_E_TLS_* where one end does not take the other's certificate, or shows none.
 */
export async function waitUntilReady(channel: Channel, address: string, timeoutMs: number): Promise<void> {
  const answered = new Promise<Error | undefined>((resolve) => {
    channel.waitForReady(Date.now() + timeoutMs, resolve);
  });
  const failed = await Promise.race([answered, ...(channel.tls === null ? [] : [channel.tls.refused])]);
  if (failed === undefined) return;
  if (failed instanceof MlipError) throw failed;
  throw new MlipError('MLIP_E_RPC_UNREACHABLE', `no coordinator answered within ${timeoutMs / 1000} s`, {
    where: address,
    remedy: 'Start it with `mlip coordinator`, and check host, port, firewall and whether both use TLS, or neither.',
    cause: failed,
  });
}

/** Connects once: rejects with MLIP_E_RPC_UNREACHABLE as soon as that fails, or after `timeoutMs`. */
export async function connectOnce(client: Client, address: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const channel = client.getChannel();
  for (;;) {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY) return;
    const failed = state === connectivityState.TRANSIENT_FAILURE || state === connectivityState.SHUTDOWN;
    if (failed || Date.now() >= deadline)
      throw unreachable(address, failed ? 'no coordinator listens there' : 'nobody answers there');
    await new Promise<void>((resolve) => channel.watchConnectivityState(state, deadline, () => resolve()));
  }
}

function unreachable(address: string, message: string): MlipError {
  return new MlipError('MLIP_E_RPC_UNREACHABLE', message, { where: address });
}
