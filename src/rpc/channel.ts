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
import { parseAddress } from './address.js';
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

/** A client whose connection is made by the first call. Throws MLIP_E_RPC_ADDRESS. */
export function openChannel(address: string, use: 'control' | 'bulk'): Client {
  parseAddress(address);
  return new Client(address, credentials.createInsecure(), use === 'bulk' ? BULK_OPTIONS : CLIENT_OPTIONS);
}

/** Waits until the coordinator answers, trying again with growing pauses. Rejects with MLIP_E_RPC_UNREACHABLE. */
export async function waitUntilReady(client: Client, address: string, timeoutMs: number): Promise<void> {
  const failed = await new Promise<Error | undefined>((resolve) => {
    client.waitForReady(Date.now() + timeoutMs, resolve);
  });
  if (failed === undefined) return;
  throw new MlipError('MLIP_E_RPC_UNREACHABLE', `no coordinator answered within ${timeoutMs / 1000} s`, {
    where: address,
    remedy: 'Start it with `mlip coordinator`, and check host, port and firewall.',
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
