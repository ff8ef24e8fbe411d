/**
 * Axes of an ablation: the parts of the method that a variant can be trained without, and the settings that leave each out.
 */
import { partsOf } from '../../config/parts.js';
import type { Config } from '../../config/schema.js';
import { didYouMean } from '../../config/suggest.js';
import { MlipError } from '../../core/errors.js';
import type { Setting } from './settings.js';

interface AxisKind {
  /** What the variant without it lacks. */
  meaning: string;
  isOn: (config: Config) => boolean;
  off: readonly Setting[];
}

export const AXES = ['divergence', 'local', 'knowledge', 'prototypes', 'itm', 'ts', 'masks'] as const;
export type Axis = (typeof AXES)[number];

const KINDS: Record<Axis, AxisKind> = {
  divergence: {
    meaning: 'divergence encoders',
    isOn: (config) => partsOf(config).divergence,
    off: [{ path: 'loss.divergence.enabled', value: false }],
  },
  local: {
    meaning: 'token-knowledge-patch alignment',
    isOn: (config) => partsOf(config).local,
    off: [{ path: 'loss.local.weight', value: 0 }],
  },
  knowledge: {
    meaning: 'concepts in the local alignment and in the prototypes',
    isOn: (config) => partsOf(config).knowledge,
    off: [{ path: 'knowledge.enabled', value: false }],
  },
  prototypes: {
    meaning: 'category-level contrast',
    isOn: (config) => partsOf(config).prototypes,
    off: [{ path: 'loss.prototypes.weight', value: 0 }],
  },
  itm: {
    meaning: 'image-text matching',
    isOn: (config) => partsOf(config).itm,
    off: [{ path: 'loss.itm.weight', value: 0 }],
  },
  ts: {
    meaning: 'text swapping',
    isOn: (config) => partsOf(config).ts,
    off: [{ path: 'loss.ts.weight', value: 0 }],
  },
  masks: {
    meaning: 'masks over false negatives',
    isOn: ({ loss }) => loss.falseNegatives === 'mask',
    off: [{ path: 'loss.falseNegatives', value: 'keep' }],
  },
};

export function meaningOf(axis: Axis): string {
  return KINDS[axis].meaning;
}

/** The axes that a configuration trains with. */
export function axesOf(config: Config): Axis[] {
  return AXES.filter((axis) => KINDS[axis].isOn(config));
}

/** What the training without these parts sets; knowledge goes where nothing is left that it acts on. */
export function without(axes: readonly Axis[], config: Config): Setting[] {
  const { local, prototypes, knowledge } = partsOf(config);
  const idle = !(local && !axes.includes('local')) && !(prototypes && !axes.includes('prototypes'));
  const gone = knowledge && idle && !axes.includes('knowledge') ? [...axes, 'knowledge' as const] : axes;
  return gone.flatMap((axis) => KINDS[axis].off);
}

/**
 * @param names as the command line has them
 * @throws MLIP_E_USAGE for an axis that does not exist, is named twice, or that the configuration does not train with
 */
export function parseAxes(names: readonly string[], config: Config): Axis[] {
  const on = axesOf(config);
  return names.map((name, at) => {
    const axis = AXES.find((known) => known === name);
    if (axis === undefined) throw unknownAxis(name);
    if (names.indexOf(name) < at) throw refused(`the axis ${name} is named twice`, 'Name each axis once in --axes.');
    if (on.includes(axis)) return axis;
    throw refused(
      `${config.name} trains without ${name} (${meaningOf(axis)}), so leaving it out changes nothing`,
      on.length === 0 ? `Choose a recipe that has it, or --set it.` : `Axes that it has: ${on.join(', ')}.`,
    );
  });
}

function unknownAxis(name: string): MlipError {
  return refused(`there is no axis ${JSON.stringify(name)}`, `${didYouMean(name, AXES)}Axes: ${AXES.join(', ')}.`);
}

function refused(message: string, remedy: string): MlipError {
  return new MlipError('MLIP_E_USAGE', message, { where: '--axes', remedy });
}
