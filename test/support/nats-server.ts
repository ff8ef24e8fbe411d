/** A real nats-server, to be started, stopped, killed and restarted by tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findNatsServer, isAtLeast } from './nats-provision.js';

export interface NatsServerOptions {
  /** Holds the configuration and what is stored. */
  readonly directory: string;
  readonly port?: number;
  /** Further lines of the configuration. */
  readonly config?: string;
  /** Further lines of its section jetstream. */
  readonly jetstream?: string;
}

export interface NatsServer {
  /** HOST:PORT. */
  readonly address: string;
  /** All that it has logged. */
  log(): string;
  signal(name: NodeJS.Signals): void;
  /** Ends it, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again at the same address, with what it had stored. */
  restart(): Promise<void>;
}

/** Resolves when the server takes connections. */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const file = join(options.directory, 'nats.conf');
  mkdirSync(options.directory, { recursive: true });
  const lines: string[] = [];
  let port = options.port ?? -1;
  let server = await start();

  async function start(): Promise<ChildProcess> {
    writeFileSync(file, configuration(options, port));
    const child = spawn(findNatsServer()!, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    running.add(child);
    child.once('close', () => running.delete(child));
    const output = createInterface({ input: child.stderr });
    await new Promise<void>((resolve, reject) => {
      output.on('line', (line) => {
        lines.push(line);
        port = Number(/Listening for client connections on \S+:(\d+)/.exec(line)?.[1] ?? port);
        if (line.includes('Server is ready')) resolve();
      });
      child.once('close', () => reject(new Error(`nats-server ended:\n${lines.join('\n')}`)));
      child.once('error', reject);
    });
    return child;
  }

  return {
    address: `127.0.0.1:${port}`,
    log: () => lines.join('\n'),
    signal: (name) => void server.kill(name),
    kill: () => end(server),
    restart: async () => {
      await end(server);
      server = await start();
    },
  };
}

const running = new Set<ChildProcess>();

// A test that fails may leave one.
process.once('exit', () => running.forEach((server) => server.kill('SIGKILL')));

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'close');
}

function configuration({ directory, config = '', jetstream = '' }: NatsServerOptions, port: number): string {
  return `listen: "127.0.0.1:${port}"
jetstream {
  store_dir: ${JSON.stringify(join(directory, 'jetstream'))}
  ${isAtLeast(2, 10) ? 'sync_interval: always' : ''}
  max_memory_store: 64MB
  ${jetstream || 'max_file_store: 1GB'}
}
${config}
`;
}

/** Ports that nothing listens on at the moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
