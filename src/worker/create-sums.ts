/** The sums that a configuration asks for. */
import type { Config } from '../config/schema.js';
import { microBatchCount } from '../core/plan.js';
import { splitFrozen } from '../encoders/frozen.js';
import { ofGroup, type Group } from '../encoders/parameter-groups.js';
import type { Engine } from '../engine/load.js';
import { DoubleSum } from './double-sum.js';
import type { GradientSum } from './gradient-sum.js';
import { ReproducibleSum } from './reproducible-sum.js';
import type { TrainingState } from './training-state.js';

/** Sums of everything that is trained, by group. */
export function createSums(
  engine: Engine,
  config: Config,
  { parameters, statistics }: Pick<TrainingState, 'parameters' | 'statistics'>,
): Record<Group, GradientSum> {
  const { trained } = splitFrozen({ ...parameters, ...statistics }, config);
  const sumOf = (group: Group): GradientSum => {
    const like = ofGroup(group, trained);
    if (config.reduction === 'double') return new DoubleSum(engine, like);
    return new ReproducibleSum(engine, like, microBatchCount(config));
  };
  return { joint: sumOf('joint'), text: sumOf('text'), vision: sumOf('vision') };
}
