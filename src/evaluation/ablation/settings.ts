/** Settings by which a variant differs from its recipe. */
import { MlipError } from '../../core/errors.js';
import { configSchema, type Config } from '../../config/schema.js';

/** A key of the configuration, dotted, and its value. */
export interface Setting {
  path: string;
  value: string | number | boolean;
}

/** As `--set` takes it. */
export function settingText({ path, value }: Setting): string {
  return `${path}=${value}`;
}

/** @throws MLIP_E_CONFIG_INVALID where the settings make no valid configuration */
export function withSettings(config: Config, settings: readonly Setting[], variant: string): Config {
  const changed = structuredClone(config) as Record<string, unknown>;
  for (const { path, value } of settings) assign(changed, path.split('.'), value);
  const result = configSchema.safeParse(changed);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new MlipError('MLIP_E_CONFIG_INVALID', `the variant ${variant} cannot be trained: ${faults.join('; ')}`, {
    where: settings.map(settingText).join(' '),
    remedy: 'Choose other variants with --axes and --only, or another recipe.',
  });
}

function assign(section: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) section[name] = value;
  else assign(section[name] as Record<string, unknown>, rest, value);
}
