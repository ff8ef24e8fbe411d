/** Where a value of the configuration comes from. */

export interface Origin {
  kind: 'default' | 'recipe' | 'file' | 'environment' | 'flag';
  /** `recipe mlip-nano (line 4)`, `my.yaml:12`, `MLIP_BATCH_SIZE`, `--set batchSize=4`; `mlip` for a default. */
  name: string;
}

/** One value with its place in the configuration and its origin. */
export interface Assignment {
  /** Dotted, e.g. `optimizer.learningRate`. */
  path: string;
  value: unknown;
  origin: Origin;
}

export function formatOrigin({ kind, name }: Origin): string {
  return kind === 'default' ? 'default' : `${kind} ${name}`;
}
