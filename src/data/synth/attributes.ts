/** What a case shows besides findings and devices: build, breath, position, film, spine, aorta and the like. */
import type { Case } from './case.js';
import type { Side } from './geometry.js';
import type { ATTRIBUTE_PHRASES } from './phrases-anatomy.js';

/** What a statement of a report is about. */
export const TOPICS = ['technique', 'devices', 'lungs', 'pleura', 'heart', 'mediastinum', 'bones', 'abdomen'] as const;
export type Topic = (typeof TOPICS)[number];

export type Attribute = keyof typeof ATTRIBUTE_PHRASES;

/** Attributes that a case shows: the topic they belong to and the side, if they have one. */
export function attributesOf({ anatomy, technique }: Case): { attribute: Attribute; topic: Topic; side?: Side }[] {
  const shown: { attribute: Attribute; topic: Topic; side?: Side }[] = [];
  const add = (present: boolean, attribute: Attribute, topic: Topic, side: Side | 'none' = 'none'): void => {
    if (present) shown.push(side === 'none' ? { attribute, topic } : { attribute, topic, side });
  };
  add(anatomy.inflation === 'low', 'inflationLow', 'lungs');
  add(anatomy.inflation === 'high', 'inflationHigh', 'lungs');
  add(anatomy.rotation !== 'none', 'rotation', 'technique', anatomy.rotation);
  add(technique.exposure === 'under', 'exposureUnder', 'technique');
  add(technique.exposure === 'over', 'exposureOver', 'technique');
  add(anatomy.habitus === 'large', 'habitusLarge', 'technique');
  add(anatomy.habitus === 'slim', 'habitusSlim', 'technique');
  add(anatomy.spineBow !== 0, 'scoliosis', 'bones', anatomy.spineBow < 0 ? 'right' : 'left');
  add(anatomy.aorta === 'tortuous', 'aortaTortuous', 'mediastinum');
  add(anatomy.aorta === 'calcified', 'aortaCalcified', 'mediastinum');
  add(anatomy.elevatedDome !== 'none', 'elevatedDome', 'lungs', anatomy.elevatedDome);
  add(anatomy.bubble === 'distended', 'bubbleDistended', 'abdomen');
  add(anatomy.hiatalHernia, 'hiatalHernia', 'mediastinum');
  add(anatomy.prominentHila, 'prominentHila', 'mediastinum');
  return shown;
}
