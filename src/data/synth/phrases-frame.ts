/** What surrounds the findings of a report: headers, indication, technique, comparison, closing lines. Syntax in grammar.ts. */
import type { FindingKind } from './findings.js';

/** How an institution writes its headers: the name of a section to its line. */
export const HEADER_STYLES: readonly ((name: string) => string)[] = [
  (name) => `${name.toUpperCase()}: `,
  (name) => `${name.toUpperCase()}:\n`,
  (name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}: `,
  (name) => `${name.toUpperCase()}:  `,
];

/** Words of the request that go with a finding; slots: age, person. */
export const INDICATIONS: Record<FindingKind | 'normal', readonly string[]> = {
  effusion: ['[dyspnea|shortness of breath|decreased breath sounds|pleuritic pain]'],
  cardiomegaly: ['[heart failure|hypertension|chest pain|palpitations|dyspnea on exertion]'],
  consolidation: ['[fever and cough|productive cough|suspected pneumonia|sepsis|leukocytosis]'],
  pneumothorax: ['[sudden chest pain|trauma|status post line placement|acute dyspnea]'],
  nodule: ['[weight loss|hemoptysis|smoking history|known malignancy|chronic cough]'],
  atelectasis: ['[postoperative|hypoxia|status post surgery|cough]'],
  edema: ['[congestive heart failure|volume overload|orthopnea|renal failure|hypoxia]'],
  normal: ['[chest pain|preoperative evaluation|cough|positive PPD|routine examination|screening|dizziness]'],
};

export const REQUESTS: readonly string[] = [
  '{age}-year-old {person}, {reason}.',
  '{age} year old {person}. {reason}.',
  '{reason}.',
  '{reason}, {age}-year-old {person}.',
];

export const TECHNIQUES = {
  PA: ['[PA|frontal|upright PA|frontal PA] [view|radiograph] of the chest.', 'chest, PA.'],
  AP: ['[portable AP|AP|supine AP|single portable AP] [view|radiograph] of the chest.', 'chest, portable AP.'],
} as const;

export const COMPARISONS: readonly string[] = ['none.', 'none available.', 'no prior studies[ available|].'];

/** The impression where there is no finding. */
export const CLEAR_IMPRESSIONS: readonly string[] = [
  'no acute cardiopulmonary [process|abnormality|disease|findings].',
  'no [acute|active] disease.',
  'no acute [pulmonary|intrathoracic] [process|abnormality].',
];
