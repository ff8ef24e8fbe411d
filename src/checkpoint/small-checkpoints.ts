/** Small checkpoints in the object store of a message bus as well: whoever reaches the bus can fetch them. */
import { hasCode, messageOf } from '../core/errors.js';
import { DirectoryStore } from './directory-store.js';
import { Mirror } from './mirror.js';
import { ObjectCheckpointStore, type ObjectStore } from './object-store.js';
import type { RetentionPolicy } from './retention.js';

/** What a message bus takes in a few seconds. Larger checkpoints belong into a directory or to S3. */
export const SMALL_CHECKPOINT_BYTES = 64 << 20;

export interface SmallCheckpoints {
  /** Output directory of the run. */
  out: string;
  objects: ObjectStore;
  /** Of the objects, for people. */
  where: string;
  /** Of their names, for one run; ends with a slash where it is not empty. */
  prefix?: string;
  policy: RetentionPolicy;
  maxBytes?: number;
  copied?: (step: number) => void;
  warn: (message: string) => void;
}

/** Call `wake` whenever a checkpoint is written. That they are too large is said once. */
export function mirrorSmall({ out, policy, copied, warn, ...objects }: SmallCheckpoints): Mirror {
  const to = new ObjectCheckpointStore({ maxBytes: SMALL_CHECKPOINT_BYTES, ...objects });
  let tooLarge = false;
  return new Mirror({
    ...{ from: new DirectoryStore(out), to, policy, copied: copied ?? ignore },
    failed: (error) => {
      // Given up by the policy before it was copied: a newer one is there.
      if (hasCode(error, 'MLIP_E_CHECKPOINT_MISSING')) return;
      const isSize = hasCode(error, 'MLIP_E_CHECKPOINT_SIZE');
      if (!isSize || !tooLarge) warn(`not copied to ${objects.where}: ${messageOf(error)}`);
      tooLarge ||= isSize;
    },
  });
}

const ignore = (): void => undefined;
