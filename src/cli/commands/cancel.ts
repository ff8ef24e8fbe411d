/** `mlip cancel`: a submitted run is not wanted any more. */
import { Command } from 'commander';
import { accessOf, addAccessOptions, type AccessOptions } from '../access.js';
import { addReplyOption, showReply } from '../control/run-options.js';
import { commandLogger } from '../logging.js';
import { addExamples } from '../options.js';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.js';

interface CancelOptions extends StoreOptions, AccessOptions {
  json?: boolean;
}

export function cancelCommand(): Command {
  const command = new Command('cancel')
    .description('take a submitted run out of the queue; one that has begun is stopped as by mlip stop')
    .argument('<run>', 'its name, or the id that mlip submit --json prints')
    .action(cancel);
  addStoreOptions(command);
  addAccessOptions(command, 'needed only where the run has begun');
  addReplyOption(command);
  return addExamples(
    command,
    'mlip cancel mine --nats nats:4222',
    'mlip cancel mine --store /shared/mlip --token-file /shared/runs/mine/token',
  );
}

async function cancel(run: string, options: CancelOptions): Promise<void> {
  const { cancelRun } = await import('../control/cancel-run.js');
  const { stopRun } = await import('../../rpc/launcher.js');
  const stop = (address: string) => stopRun(address, { access: accessOf(options, commandLogger('cancel')) });
  showReply(await withStore(options, (store) => cancelRun(store, run, stop), { create: false }), options);
}
