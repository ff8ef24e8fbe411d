/** The variants of an ablation: the recipe as it is, without each part, and with the global contrast alone. */
import type { Config } from '../../config/schema.js';
import { didYouMean } from '../../config/suggest.js';
import { MlipError } from '../../core/errors.js';
import { axesOf, without, type Axis } from './axes.js';
import { withSettings, type Setting } from './settings.js';

export interface Variant {
  /** `full`, `-AXIS` or `global`. */
  name: string;
  /** What differs from the recipe. */
  settings: Setting[];
  config: Config;
}

/**
 * In the order of the table. `global` is left out where it is the same as another variant.
 *
 * @throws MLIP_E_CONFIG_INVALID where a variant is no valid configuration
 */
export function variantsOf(config: Config, axes: readonly Axis[]): Variant[] {
  const variant = (name: string, settings: Setting[]): Variant => ({
    ...{ name, settings },
    config: withSettings(config, settings, name),
  });
  const single = [variant('full', []), ...axes.map((axis) => variant(`-${axis}`, without([axis], config)))];
  const bare = variant('global', without(axesOf(config), config));
  const known = single.some((other) => JSON.stringify(other.config) === JSON.stringify(bare.config));
  return known ? single : [...single, bare];
}

/**
 * @param only names of variants; undefined takes all
 * @throws MLIP_E_USAGE for a name that no variant has
 */
export function chooseVariants(variants: readonly Variant[], only: readonly string[] | undefined): Variant[] {
  const names = variants.map(({ name }) => name);
  for (const name of only ?? []) {
    if (names.includes(name)) continue;
    throw new MlipError('MLIP_E_USAGE', `there is no variant ${JSON.stringify(name)}`, {
      where: '--only',
      remedy: `${didYouMean(name, names)}Variants: ${names.join(', ')}.`,
    });
  }
  return variants.filter(({ name }) => only === undefined || only.includes(name));
}
