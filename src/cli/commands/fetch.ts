/** `mlip fetch`: gets the reports of a run from the store of its coordinators. */
import { Command } from 'commander';
import type { FetchedReports } from '../../coordinator/archive/fetch-reports.js';
import { addExamples } from '../options.js';
import { ENDED } from '../outcome-text.js';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.js';
import { answer, answerJson } from '../terminal.js';

interface FetchOptions extends StoreOptions {
  out: string;
  json?: boolean;
}

export function fetchCommand(): Command {
  const command = new Command('fetch')
    .description('get the reports of a run that has ended from a store: its configuration, metrics, ledger, events')
    .argument('<run>', 'name of the run: that of its --run, or of its output directory')
    .requiredOption('--out <dir>', 'directory to put them in; files that are there and differ are not overwritten')
    .option('--json', 'print what was fetched, and where the newest checkpoint is, as one JSON object')
    .action(fetchRun);
  addStoreOptions(command);
  return addExamples(
    command,
    'mlip fetch large --nats nats:4222 --out runs/large',
    'mlip fetch first --store /shared/mlip --out /tmp/first --json',
  );
}

async function fetchRun(run: string, { out, json, ...where }: FetchOptions): Promise<void> {
  const { fetchReports } = await import('../../coordinator/archive/fetch-reports.js');
  const fetched = await withStore(where, (store) => fetchReports(store, run, out), { create: false });
  if (json) answerJson(fetched);
  else answer(describe(fetched));
}

function describe({ run, runId, continuedBy, out, files, leftOut, checkpoint, ...end }: FetchedReports): string {
  const goesOn = continuedBy === null ? '' : `; ${continuedBy} goes on from it, and has not ended`;
  return [
    `run ${run} (${runId}) ${ENDED[end.outcome]} after step ${end.step}${goesOn}`,
    `${out}: ${files.length === 0 ? 'the run has left no reports' : files.join(', ')}`,
    ...(leftOut.length === 0
      ? []
      : [`too large for the store, so only in its output directory: ${leftOut.join(', ')}`]),
    ...(checkpoint === null ? [] : [`newest checkpoint: ${placesOf(checkpoint)}`]),
  ].join('\n');
}

function placesOf({ path, destination, inStore }: NonNullable<FetchedReports['checkpoint']>): string {
  return [path, destination, inStore ? 'the store' : ''].filter((place) => place !== '').join(', also in ');
}
