// A worker that trains nothing: gathers, commits, saves when asked. Arguments: address, milliseconds a step takes.
// Prints a line of JSON for each thing that happens; exits with 0 after the run's end, with 5 after a failure.
import { setTimeout as sleep } from 'node:timers/promises';
import { MlipError } from '../../../src/core/errors.js';
import { createLogger } from '../../../src/core/log.js';
import { microBatchCount, shareOf } from '../../../src/core/plan.js';
import { testAccess } from '../../support/access.js';
import { type Session, joinRun } from '../../../src/worker/session.js';

const [address, stepMs] = process.argv.slice(2);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

let applied = 0;
const log = createLogger({ name: 'child', level: 'error' });
const own = { host: '127.0.0.1', listenPort: 9000, pid: process.pid, device: 'cpu' };
const session = await joinRun({ address, ...own, access: testAccess, log, timeouts: { connectMs: 10_000 } });
say({ rank: session.rank });
session.onAbort(({ cause, save }) => {
  say({ aborted: cause.code, save });
  if (save) saveState();
});
try {
  await train(session);
} catch (error) {
  say({ error: error instanceof MlipError ? error.code : String(error) });
  process.exitCode = 5;
}
await session.close();
say({ closed: true });

async function train({ rank, world, config }: Session): Promise<void> {
  const { startStep } = await session.ready({ rows: 60, dataHash: 'd', parametersHash: 'p' });
  const { start, end } = shareOf(rank, world, microBatchCount(config));
  const rows = (end - start) * config.microBatchSize;
  for (applied = startStep; ;) {
    await session.gather(applied, [{ name: 'vision', rows, width: 4, data: new Float32Array(rows * 4) }]);
    await sleep(Number(stepMs));
    const waits = { dataWaitSeconds: 0, commWaitSeconds: 0 };
    const report = { whole: { loss: 1 }, learningRate: 1, gradNorm: 1, ...waits };
    const { nextStep, save, stop } = await session.commit(applied, report);
    applied = nextStep;
    say({ applied });
    if (save) saveState();
    if (stop) return;
  }
}

function saveState(): void {
  session.saved(applied, `checkpoints/step-${applied}`);
}
