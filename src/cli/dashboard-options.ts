/** Options of the commands that serve the dashboard of a run beside it. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { messageOf } from '../core/errors.js';
import { LOOPBACK } from '../security/binding.js';
import type { RunToken } from '../security/run-token.js';
import type { TlsFiles } from '../security/tls-files.js';
import { readTokenFile, tokenFileOf } from '../security/token-source.js';
import { commandLogger } from './logging.js';
import { parsePort } from './options.js';

export interface DashboardOptions {
  dashboardPort?: number;
  dashboardHost: string;
  dashboardName: string[];
}

export function addDashboardOptions(command: Command): Command {
  return command
    .option('--dashboard-port <n>', 'serve the dashboard of the run there; 0 takes any port', parsePort)
    .option('--dashboard-host <interface>', 'interface of the dashboard', LOOPBACK)
    .option(
      '--dashboard-name <name...>',
      "names by which browsers call it, besides addresses and this machine's name",
      [],
    );
}

/** Of a process that coordinates one run after the other: the dashboard shows all of them, also between two. */
export interface DashboardOfMany extends DashboardOptions {
  dashboardDir?: string;
}

export function addDashboardDirectory(command: Command): Command {
  return command.option(
    '--dashboard-dir <dir>',
    'with --queue: show all runs of this directory, also between two runs; the run under way by default',
  );
}

export interface Served {
  /** Output directory, which need not be there yet. */
  out: string;
  /** Null where the coordinator makes one in the output directory. */
  token: RunToken | null;
  /** Whether the file token of the output directory holds it, sooner or later. */
  tokenIsLeft: boolean;
  tls: TlsFiles | null;
}

/** While `action` goes on. @throws MLIP_E_PORT_IN_USE */
export async function withDashboard<T>(
  options: DashboardOptions,
  served: Served,
  action: () => Promise<T>,
): Promise<T> {
  const { dashboardPort: port, dashboardHost: host, dashboardName: names } = options;
  if (port === undefined) return action();
  const { serveDashboard } = await import('../dashboard/serve.js');
  const log = commandLogger('dashboard');
  const { out, tls } = served;
  const left = tokenLeftIn(out);
  const token = (): RunToken | null => served.token ?? left();
  const dashboard = await serveDashboard({ root: out, ...{ host, port, names, token, tls, log } });
  log.info(`the dashboard is at ${dashboard.url}`, served.tokenIsLeft ? { tokenFile: tokenFileOf(out) } : {});
  return action().finally(() => dashboard.close());
}

/** As it is now: a coordinator that is still to lead may not have made it. Read again only where the file is another one. */
function tokenLeftIn(out: string): () => RunToken | null {
  const path = tokenFileOf(out);
  let read: { changedMs: number; token: RunToken | null } | null = null;
  return () => {
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (changedMs === undefined) return null;
    if (read?.changedMs !== changedMs) read = { changedMs, token: tokenIn(path) };
    return read.token;
  };
}

function tokenIn(path: string): RunToken | null {
  const log = commandLogger('dashboard');
  try {
    return readTokenFile(path, log);
  } catch (error) {
    log.warn('nobody is let into the dashboard', { reason: messageOf(error) });
    return null;
  }
}
