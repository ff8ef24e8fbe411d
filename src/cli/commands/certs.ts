/** `mlip certs`: a development authority, and certificates for the coordinator and the workers of a cluster. */
import { Command, Option } from 'commander';
import { parseHosts } from '../certs/host-name.js';
import { addExamples, parsePositive } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface CertsOptions {
  out: string;
  host: string[];
  workerHost: string[];
  days: number;
  authority?: string;
  json?: boolean;
}

export function certsCommand(): Command {
  const command = new Command('certs')
    .description('make a development authority, and certificates for coordinator and workers')
    .requiredOption('--out <dir>', 'directory to write to; nothing in it is overwritten')
    .addOption(names('--host', 'names and addresses by which the coordinator is called, besides localhost'))
    .addOption(names('--worker-host', 'names and addresses of workers, if they are to be called by them elsewhere'))
    .option(
      '--days <n>',
      'days for which the certificates are valid, as long as the authority at most',
      parsePositive,
      365,
    )
    .option('--authority <dir>', 'sign with the authority that an earlier `mlip certs` made there: renews certificates')
    .option('--json', 'print the files as one JSON object')
    .action(certs);
  return addExamples(
    command,
    'mlip certs --out certs --host 10.0.0.5 --host train.example.org',
    'mlip certs --out renewed --host 10.0.0.5 --authority certs',
    'mlip coordinator mlip-nano --workers 2 --tls-ca certs/ca.pem \\',
    '    --tls-cert certs/coordinator.pem --tls-key certs/coordinator-key.pem',
  );
}

function names(flag: string, text: string): Option {
  return new Option(`${flag} <name...>`, text).argParser(parseHosts).default([], 'none');
}

async function certs({ out, host, workerHost, days, authority, json }: CertsOptions): Promise<void> {
  const { writeCertificates } = await import('../certs/write-certificates.js');
  const hosts = { coordinator: host, worker: workerHost };
  const files = await writeCertificates({ out, hosts, days, authorityDirectory: authority });
  if (json) return answerJson(files);
  const lines = Object.entries(files).map(([name, path]) => `  ${name.padEnd(14)} ${path}`);
  answer(
    `made for ${days} days:\n${lines.join('\n')}\nKeep the *Key files secret; caKey belongs on no machine of the cluster.`,
  );
}
