/** `mlip audit`: proves from the ledger of a run that every row was used as planned and every step applied once. */
import { Command } from 'commander';
import { MlipError } from '../../core/errors.js';
import type { Audit } from '../audit/ledger-check.js';
import { addExamples } from '../options.js';
import { answer, answerJson } from '../terminal.js';

export function auditCommand(): Command {
  const command = new Command('audit')
    .description('prove from a run’s ledger that each row was used once per epoch and each step applied once')
    .argument('<out>', 'output directory of the run')
    .option('--json', 'print the result as one JSON object')
    .action(audit);
  return addExamples(command, 'mlip audit runs/first', 'mlip audit runs/first --json');
}

async function audit(out: string, { json }: { json?: boolean }): Promise<void> {
  const { readAuditedRun } = await import('../audit/read-run.js');
  const { auditLedger } = await import('../audit/ledger-check.js');
  const { lines, shape, recorded } = readAuditedRun(out);
  const result = auditLedger(lines, shape, recorded);
  if (json) answerJson(result);
  else answer(describe(result));
  if (result.problemCount > 0) throw failed(result, out);
}

function describe({ steps, wholeEpochs, rows, generations, replacedRows, problems, problemCount }: Audit): string {
  const verdict = problemCount === 0 ? 'each step was applied once, each row used as planned' : problems.join('\n');
  return [
    `${steps} steps, ${wholeEpochs} whole epoch(s) of ${rows} training rows, ${generations} generation(s) of workers`,
    `${replacedRows} times an unusable row was replaced`,
    verdict,
  ].join('\n');
}

function failed({ problems, problemCount }: Audit, out: string): MlipError {
  return new MlipError('MLIP_E_AUDIT', `${problemCount} thing(s) are not as planned; the first: ${problems[0]}`, {
    where: out,
    remedy: 'Please report this with ledger.jsonl and the coordinator’s log.',
  });
}
