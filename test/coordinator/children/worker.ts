// A worker that trains nothing. Arguments: addresses of coordinators with commas in between, milliseconds a step takes. Prints a
// line of JSON for each thing that happens; exits when the coordinator has said its last word.
import { ModelWorker } from '../model-worker.js';

const [addresses, stepMs] = process.argv.slice(2);
const say = ({ whole: _, ...line }: Record<string, unknown>): void =>
  void process.stdout.write(`${JSON.stringify(line)}\n`);
const worker = new ModelWorker({
  addresses: addresses.split(','),
  stepMs: Number(stepMs),
  onEvent: say,
  connectMs: 10_000,
});
say({ ended: await worker.ended });
process.exit(0);
