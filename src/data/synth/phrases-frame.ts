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

/** Reports that are dictated by a key, word for word the same, where there is no finding. */
export const STANDARD_REPORTS: readonly string[] = [
  'FINDINGS: The heart is normal in size. The lungs are without infiltrate. There is no pleural effusion or pneumothorax.\nIMPRESSION: No acute cardiopulmonary abnormality.',
  'FINDINGS: Heart size is within normal limits. No focal consolidation. No pleural effusion. No pneumothorax.\nIMPRESSION: No acute disease.',
  'FINDINGS: The lungs contain no consolidation, nodule or edema. The cardiac silhouette is not enlarged.\nIMPRESSION: No acute cardiopulmonary process.',
  'IMPRESSION: Normal chest radiograph.',
];
