/** How radiologists say that a finding is absent. Syntax in grammar.ts. */
import type { FindingKind } from './findings.js';

/** Sentences that say that a finding is absent. */
export const ABSENT_SENTENCES: Record<FindingKind, readonly string[]> = {
  effusion: [
    '[the|both] costophrenic angles are [sharp|clear].',
    'no pleural effusion[ is seen| is identified|].',
    'the pleural spaces contain no fluid.',
  ],
  cardiomegaly: [
    '[the heart|heart size|the cardiac silhouette] is [normal in size|within normal limits|not enlarged].',
    'heart size is normal.',
    'normal heart size.',
  ],
  consolidation: [
    'no focal [consolidation|airspace disease|infiltrate][ is seen|].',
    'there is no evidence of pneumonia.',
  ],
  pneumothorax: ['[there is|] no pneumothorax[ on either side|].', 'no pneumothorax is [seen|identified].'],
  nodule: ['no [suspicious|discrete|] [nodule|nodule or mass][ is seen|].', 'no pulmonary nodules.'],
  atelectasis: ['no atelectasis.', 'no [lobar collapse|subsegmental atelectasis].'],
  edema: [
    '[pulmonary vascularity|the pulmonary vasculature] is [normal|within normal limits].',
    'no [pulmonary edema|vascular congestion|overt edema].',
  ],
};

/** Nouns for lists: "no pleural effusion or pneumothorax". */
export const ABSENT_NOUNS: Record<FindingKind, string> = {
  effusion: '[pleural effusion|effusion]',
  cardiomegaly: 'cardiomegaly',
  consolidation: '[focal consolidation|consolidation|focal airspace disease]',
  pneumothorax: 'pneumothorax',
  nodule: '[suspicious nodule|nodule|mass]',
  atelectasis: 'atelectasis',
  edema: '[pulmonary edema|edema]',
};

export const ABSENT_LISTS: readonly string[] = [
  'no {list}[ is seen| is identified| is present|].',
  'there is no [evidence of|] {list}.',
  'no [evidence of|radiographic evidence of] {list}.',
  'negative for {list}.',
];
