/** `mlip dashboard`: a run, or several, in the browser. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { MlipError } from '../../core/errors.js';
import { LOOPBACK } from '../../security/binding.js';
import type { RunToken } from '../../security/run-token.js';
import { tokenFileOf, tokenOfDirectory } from '../../security/token-source.js';
import { addAccessOptions, ownAccessOf, type AccessOptions } from '../access.js';
import { commandLogger } from '../logging.js';
import { addExamples, parsePort } from '../options.js';
import { answer, answerJson, say } from '../terminal.js';

interface DashboardCommandOptions extends AccessOptions {
  host: string;
  port: number;
  name: string[];
  link?: boolean;
  json?: boolean;
}

export function dashboardCommand(): Command {
  const command = new Command('dashboard')
    .description('show a run, or all runs of a directory, in the browser: while they go on, and when they have ended')
    .argument('<dir>', 'output directory of a run, or a directory of such')
    .option('--port <n>', 'port to listen on; 0 takes any', parsePort, 8080)
    .option('--host <interface>', 'interface to listen on', LOOPBACK)
    .option('--name <name...>', "names by which browsers call it, besides addresses and this machine's name", [])
    .option('--link', 'print a link that has the token in it: whoever sees it gets in')
    .option('--json', 'print the address as a JSON object')
    .action(dashboard);
  addAccessOptions(command, 'else the file token in the directory, which is made where there is none');
  return addExamples(
    command,
    'mlip dashboard runs/first',
    'mlip dashboard runs --port 0 --link                 (all runs below runs)',
    'mlip dashboard /shared/runs --host 0.0.0.0 --tls-ca ca.pem --tls-cert cert.pem --tls-key key.pem',
  );
}

async function dashboard(directory: string, options: DashboardCommandOptions): Promise<void> {
  const { serveDashboard } = await import('../../dashboard/serve.js');
  const log = commandLogger('dashboard');
  const access = ownAccessOf(options, log);
  requireDirectory(directory);
  const token = access.token ?? tokenOfDirectory(directory, log).token;
  const { host, port, name: names, link, json } = options;
  // Whoever sees the address may tell it to end.
  const toldToEnd = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const served = await serveDashboard({
    root: directory,
    ...{ host, port, names, log },
    token: () => token,
    tls: access.tls,
  });
  const url = link ? withToken(served.url, token) : served.url;
  if (json) answerJson({ url });
  else answer(url);
  if (!link)
    say(
      `log in with ${access.token === null ? `the content of ${tokenFileOf(directory)}` : 'the token'}; Ctrl-C ends it`,
    );
  await toldToEnd;
  await served.close();
}

/** What follows # is not sent: the page takes it out of the address and shows it to the server. */
function withToken(url: string, token: RunToken): string {
  return `${url}#token=${encodeURIComponent(token.reveal())}`;
}

function requireDirectory(directory: string): void {
  if (existsSync(directory)) return;
  throw new MlipError('MLIP_E_RUN_DIRECTORY', 'there is no such directory', {
    where: directory,
    remedy: 'Name the directory that was --out of a run, or one that holds such directories.',
  });
}
