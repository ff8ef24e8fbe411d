/** A nats-server that can be killed and started again: same port, same directory. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Supervised } from './supervised.js';

export interface NatsProcessOptions {
  /** The programme. */
  readonly server: string;
  readonly port: number;
  /** Holds what it stores. */
  readonly directory: string;
  readonly logs: string;
}

/** Whatever it has said it has kept: a SIGKILL loses nothing. */
export function natsProcess({ server, port, directory, logs }: NatsProcessOptions): Supervised {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'nats.conf');
  writeFileSync(
    file,
    `listen: "127.0.0.1:${port}"
jetstream { store_dir: ${JSON.stringify(directory)}, sync_interval: always, max_file_store: 256MB }
`,
  );
  const launch = { command: server, args: ['-c', file] };
  return new Supervised({ name: 'nats-server', logs, launch: () => launch, doneWith: 'never' });
}
