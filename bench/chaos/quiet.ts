/** The run beside which the disturbed ones are seen: the same configuration, one worker, and nothing happens. */
import { runMlip } from './command.js';
import type { Trial } from './settings.js';

export async function runQuietly({ config, manifest }: Trial, out: string): Promise<void> {
  const { status, stderr } = await runMlip('train', config, '--data', manifest, '--workers', '1', '--out', out);
  if (status !== 0) throw new Error(`the quiet run ended with status ${status}:\n${stderr}`);
}
