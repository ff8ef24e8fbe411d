/**
 * A worker's client of the coordinator. Pending calls reject at once, with the first cause, when the run ends early or
 * the coordinator is lost.
 *
 *   const session = await joinRun({ address, host, listenPort, pid, device, access, log });
 *   const { startStep, steps } = await session.ready({ rows, dataHash, parametersHash });
 *   const whole = await session.gather(step, [{ name: 'vision', rows, width, data }]);
 *   const { save, stop } = await session.commit(step, report);
 */
import { type Config, configSchema } from '../config/schema.js';
import { MlipError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { PROTOCOL, mlipVersion } from '../rpc/protocol.js';
import type { WelcomeSeen } from '../rpc/service.js';
import type { Access } from '../security/access.js';
import { SessionLink } from './session-link.js';
import { memberSession } from './session-member.js';
import type { Session } from './session-types.js';

export * from './session-types.js';

export interface JoinOptions {
  /** Of the coordinator, HOST:PORT. */
  address: string;
  /** Where other workers reach this one. */
  host: string;
  listenPort: number;
  pid: number;
  device: string;
  version?: string;
  /** What lets this worker in. */
  access: Access;
  log: Logger;
  timeouts?: { connectMs?: number };
}

/** A worker may be started before its coordinator. */
const DEFAULT_CONNECT_MS = 60_000;

/**
 * Resolves when all workers of the run have joined. Rejects with MLIP_E_RPC_UNREACHABLE, MLIP_E_RPC_VERSION,
 * MLIP_E_RUN_CLOSED, MLIP_E_JOIN_TIMEOUT or whatever ends the run meanwhile.
 */
export async function joinRun(options: JoinOptions): Promise<Session> {
  const { address, host, listenPort: port, pid, device, version = mlipVersion, access, log } = options;
  const link = await SessionLink.open(address, options.timeouts?.connectMs ?? DEFAULT_CONNECT_MS, access, log);
  try {
    const join = { protocol: PROTOCOL, version, host, port, pid, device };
    const welcome = await link.ask('welcome', { join });
    return memberSession(link, welcome, readConfig(welcome));
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** Configurations are checked where they are read, however sure the sender was. */
function readConfig({ config }: WelcomeSeen): Config {
  try {
    return configSchema.parse(JSON.parse(config));
  } catch (cause) {
    throw new MlipError(
      'MLIP_E_RPC_VERSION',
      `the coordinator's configuration is not understood: ${messageOf(cause)}`,
      {
        remedy: 'Run the same version of mlip everywhere.',
        cause,
      },
    );
  }
}
