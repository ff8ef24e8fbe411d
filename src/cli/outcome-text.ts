/** How a run has ended, in words that follow its name. */
import type { RunOutcome } from '../coordinator/events.js';

export const ENDED: Readonly<Record<RunOutcome['kind'], string>> = {
  finished: 'has finished',
  stopped: 'was stopped',
  failed: 'failed',
};
