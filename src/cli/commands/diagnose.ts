/** `mlip diagnose`: one archive with what is known of a run, for whoever is to find out what is wrong with it. */
import { existsSync, statSync } from 'node:fs';
import { Command } from 'commander';
import { MlipError } from '../../core/errors.js';
import { printable } from '../../core/printable.js';
import { strictRedactor } from '../../security/redact.js';
import { addAccessOptions } from '../access.js';
import type { DiagnosedRun } from '../diagnose/collect.js';
import type { Findings } from '../diagnose/summary.js';
import { commandLogger } from '../logging.js';
import { addExamples } from '../options.js';
import { accessTo, openFinder, type RunChoice } from '../status/find-run.js';
import { addStoreOptions } from '../store-options.js';
import { answer, answerJson } from '../terminal.js';

interface DiagnoseOptions extends RunChoice {
  output?: string;
  doctor: boolean;
  json?: boolean;
}

export function diagnoseCommand(): Command {
  const command = new Command('diagnose')
    .description('collect what is known of a run into one archive, without secrets, and say what failed first')
    .argument('[out]', 'output directory of the run')
    .option('--coordinator <host:port>', 'address of its coordinator, where the directory is not at hand')
    .option('--run <name>', 'name of the run in the store; not needed where there is one only')
    .option('-o, --output <file>', 'archive that is written; mlip-diagnose-RUN.tar.gz by default')
    .option('--no-doctor', 'leave out the checks of this machine')
    .option('--json', 'print what was found as one JSON object')
    .action(diagnose);
  addStoreOptions(command);
  addAccessOptions(command, 'then that of the output directory');
  return addExamples(
    command,
    'mlip diagnose runs/first',
    'mlip diagnose --nats nats:4222 --run large --token-file token -o large.tar.gz',
  );
}

async function diagnose(out: string | undefined, options: DiagnoseOptions): Promise<void> {
  if (out !== undefined) requireDirectory(out);
  const { knownSecrets } = await import('../diagnose/secrets.js');
  const { collect } = await import('../diagnose/collect.js');
  const { writeArchive } = await import('../diagnose/archive.js');
  // Before the token is taken out of the environment.
  const secrets = knownSecrets(out, options);
  const run = await reach(out, options);
  const { texts, findings } = await collect(run).finally(() => run.finder?.close());
  const runId = findings.live?.status?.runId ?? findings.record?.runId ?? 'unknown';
  const name = `mlip-diagnose-${runId.replace(/[^\w.-]/g, '_')}`;
  const file = options.output ?? `${name}.tar.gz`;
  const bytes = await writeArchive(file, name, texts, secrets);
  // What is printed is handed on as well.
  const redact = strictRedactor(secrets);
  const found = { file, bytes, run: runId, ...withStrings(essence(findings), redact) };
  if (options.json) answerJson(found);
  else answer(describe(found, redact(texts[0].text)));
}

function withStrings<T>(value: T, change: (text: string) => string): T {
  const changed = (_key: string, part: unknown): unknown => (typeof part === 'string' ? change(part) : part);
  return JSON.parse(JSON.stringify(value), changed) as T;
}

function requireDirectory(out: string): void {
  if (existsSync(out) && statSync(out).isDirectory()) return;
  throw new MlipError('MLIP_E_RUN_DIRECTORY', 'there is no such directory', {
    where: out,
    remedy: 'Name the directory that was --out of the run, or its coordinator with --coordinator.',
  });
}

/** Where it cannot be said whom to ask, the output directory has to do. */
async function reach(out: string | undefined, options: DiagnoseOptions): Promise<DiagnosedRun> {
  const missing: Record<string, string> = {};
  const unless = async <T>(name: string, action: () => T | Promise<T>): Promise<T | null> => {
    try {
      return await action();
    } catch (error) {
      if (out === undefined || !(error instanceof MlipError)) throw error;
      missing[name] = `${error.code}: ${error.message}`;
      return null;
    }
  };
  const access = await unless('access to the run', () => accessTo(out, options, commandLogger('diagnose')));
  const finder = await unless('the coordinator', () => openFinder(out, options));
  return { out, access, finder, missing, doctor: options.doctor };
}

function essence({ firstFailure, record, missing, live }: Findings) {
  return {
    firstFailure,
    cause: record?.cause == null ? null : { code: record.cause.code, message: record.cause.message },
    silentWorkers: (live?.workers ?? []).filter(({ report }) => report === null).map(({ worker }) => worker),
    missing,
  };
}

function describe({ file, bytes }: { file: string; bytes: number }, summary: string): string {
  return `${summary}\n${printable(file)}: ${(bytes / 1024).toFixed(1)} KB, without the secrets that are known here`;
}
