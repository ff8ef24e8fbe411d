/**
 * How radiologists put findings: sentences for FINDINGS, shorter lines for IMPRESSION. Syntax in grammar.ts. Slots: side, other (the opposite side), zone, place ("in the left lower lobe"), size ("2.4 cm"), shift (of the
 * mediastinum, or empty).
 */
import type { FindingKind, Severity } from './findings.js';

export interface FindingPhrases {
  findings: readonly string[];
  impression: readonly string[];
}

type BySeverity = Record<Severity, FindingPhrases>;

const SEEN = '[ is present| is seen| is noted|]';

const EFFUSION_ONE: BySeverity = {
  mild: {
    findings: [
      `[small|trace|minimal|tiny] {side}[-sided|] pleural effusion${SEEN}.`,
      '[there is|] [mild|slight|] blunting of the {side} costophrenic [angle|sulcus][, consistent with a small effusion|, suggesting a trace effusion|].',
      'a small amount of {side} pleural fluid [blunts the costophrenic angle|collects in the costophrenic sulcus|is present].',
    ],
    impression: [
      '[small|trace|minimal] {side}[-sided|] pleural effusion.',
      '[blunted {side} costophrenic angle, small effusion|small amount of {side} pleural fluid].',
    ],
  },
  moderate: {
    findings: [
      `[moderate|moderate-sized|medium-sized] {side}[-sided|] pleural effusion${SEEN}.`,
      '[layering|a moderate amount of layering] pleural fluid on the {side} obscures the hemidiaphragm.',
      'the {side} hemidiaphragm is [obscured|silhouetted] by a moderate [pleural effusion|amount of pleural fluid], with a meniscus [along the lateral wall|laterally].',
    ],
    impression: [
      '[moderate|moderate-sized] {side}[-sided|] pleural effusion.',
      '{side} pleural effusion, moderate [in size|].',
    ],
  },
  severe: {
    findings: [
      `[large|massive|very large] {side}[-sided|] pleural effusion${SEEN}{shift}.`,
      'a large [pleural effusion|amount of pleural fluid] opacifies [most|much|more than half] of the {side} hemithorax{shift}.',
      'near complete opacification of the {side} [mid and lower hemithorax|hemithorax] [by a large effusion|due to a large layering effusion]{shift}.',
    ],
    impression: [
      '[large|massive] {side}[-sided|] pleural effusion{shift}.',
      'large {side} effusion with [compression of the adjacent lung|opacification of the hemithorax].',
    ],
  },
};

const EFFUSION_BOTH: BySeverity = {
  mild: {
    findings: [
      `[small|trace|minimal] bilateral pleural effusions[ are present| are seen|].`,
      'both costophrenic [angles|sulci] are blunted[ by small effusions|, consistent with trace pleural fluid].',
    ],
    impression: [
      '[small|trace] bilateral pleural effusions.',
      'bilateral costophrenic angle blunting, small effusions.',
    ],
  },
  moderate: {
    findings: [
      '[moderate|moderate-sized] bilateral pleural effusions[ are present| are seen|].',
      'layering pleural fluid [on both sides|bilaterally], moderate in [size|amount], [obscures both hemidiaphragms|with obscured hemidiaphragms].',
    ],
    impression: ['moderate bilateral pleural effusions.', 'bilateral pleural effusions, moderate.'],
  },
  severe: {
    findings: [
      '[large|massive] bilateral pleural effusions[ are present| are seen|].',
      'large layering effusions opacify [most|much] of both [hemithoraces|lungs].',
    ],
    impression: [
      '[large|massive] bilateral pleural effusions.',
      'bilateral large effusions [with compression of the lungs|].',
    ],
  },
};

const CARDIOMEGALY: BySeverity = {
  mild: {
    findings: [
      'the [heart|cardiac silhouette] is [mildly|slightly] enlarged.',
      '[mild|borderline to mild] cardiomegaly.',
      'there is mild enlargement of the [heart|cardiac silhouette].',
    ],
    impression: ['mild cardiomegaly.', '[mildly|slightly] enlarged heart.'],
  },
  moderate: {
    findings: [
      'the [heart|cardiac silhouette] is [moderately|] enlarged.',
      'moderate cardiomegaly[ is present| is seen|].',
      'moderate enlargement of the cardiac silhouette[ with a cardiothoracic ratio above 0.55|].',
    ],
    impression: ['moderate cardiomegaly.', 'moderately enlarged heart.'],
  },
  severe: {
    findings: [
      'the [heart|cardiac silhouette] is [severely|markedly|massively] enlarged.',
      '[marked|severe|massive] cardiomegaly[ is present| is seen|].',
      '[marked|severe] enlargement of the cardiac silhouette, which [nearly reaches the lateral chest wall|fills much of the lower chest].',
    ],
    impression: ['[marked|severe|massive] cardiomegaly.', '[markedly|severely] enlarged heart.'],
  },
};

const CONSOLIDATION: BySeverity = {
  mild: {
    findings: [
      '[patchy|hazy|ill-defined|faint] [opacity|airspace opacity|infiltrate] {place}.',
      'there is [a|] patchy [consolidation|airspace disease|infiltrate] {place}.',
    ],
    impression: [
      '[patchy|mild] [opacity|infiltrate|airspace disease] {place}[, possibly pneumonia| concerning for pneumonia|].',
      '[early|mild] pneumonia {place}.',
    ],
  },
  moderate: {
    findings: [
      '[focal consolidation|airspace consolidation|consolidation] [is present|is seen|] {place}[ with air bronchograms|].',
      'there is [focal|confluent] [airspace disease|airspace opacity|consolidation] {place}.',
    ],
    impression: [
      'consolidation {place}[, consistent with pneumonia|, compatible with pneumonia|].',
      '[pneumonia|focal airspace disease] {place}.',
    ],
  },
  severe: {
    findings: [
      '[dense|extensive|large] [consolidation|airspace consolidation] {place}[ with air bronchograms|].',
      '[dense|extensive] airspace [opacification|disease] {place}.',
    ],
    impression: [
      '[dense|extensive] consolidation {place}[, consistent with lobar pneumonia|].',
      '[severe|extensive] pneumonia {place}.',
    ],
  },
};

const PNEUMOTHORAX: BySeverity = {
  mild: {
    findings: [
      `[small|tiny|minimal] {side}[-sided|] apical pneumothorax${SEEN}.`,
      'a [thin|fine] visceral pleural line is [seen|visible] at the {side} apex, [consistent with|compatible with] a small pneumothorax.',
      'small pneumothorax on the {side}[ with a visible pleural line|].',
    ],
    impression: ['[small|tiny] {side}[-sided|] [apical|] pneumothorax.', 'small pneumothorax at the {side} apex.'],
  },
  moderate: {
    findings: [
      `[moderate|moderate-sized] {side}[-sided|] pneumothorax${SEEN}[ with partial collapse of the lung|].`,
      'the {side} lung is partially collapsed by a moderate pneumothorax.',
      'a pleural line [outlines|marks] the partially collapsed {side} lung, with [lucency|absent lung markings] beyond it, [indicating|in keeping with] a moderate pneumothorax.',
    ],
    impression: [
      '[moderate|moderate-sized] {side}[-sided|] pneumothorax.',
      '{side} pneumothorax, moderate [in size|].',
    ],
  },
  severe: {
    findings: [
      `[large|very large] {side}[-sided|] pneumothorax${SEEN}{shift}.`,
      'large pneumothorax with [near complete|marked|subtotal] collapse of the {side} lung{shift}.',
      'the {side} hemithorax is [hyperlucent|markedly lucent] without lung markings, consistent with a large pneumothorax{shift}.',
    ],
    impression: [
      '[large|very large] {side}[-sided|] pneumothorax{shift}.',
      'large {side} pneumothorax with collapse of the lung.',
    ],
  },
};

const NODULE_ONE: BySeverity = {
  mild: {
    findings: [
      '[small|] {size} [pulmonary|lung|rounded|] nodule {place}.',
      'a [small|] nodule {place} measures [approximately|about|] {size}.',
    ],
    impression: ['[small|] {size} nodule {place}[; recommend CT|].', 'small pulmonary nodule {place}.'],
  },
  moderate: {
    findings: [
      '{size} [pulmonary|well-circumscribed|rounded|lung] nodule {place}.',
      'there is a [rounded|well-defined|] nodular opacity {place}, measuring [approximately|about] {size}.',
    ],
    impression: ['[pulmonary|] nodule {place}, {size}[, CT recommended|].', '{size} nodule {place}.'],
  },
  severe: {
    findings: [
      '[large|] {size} [lung|pulmonary|rounded|] mass {place}.',
      'there is a large [rounded|well-circumscribed|] mass {place}, measuring [approximately|about] {size}.',
    ],
    impression: [
      '[large|] mass {place}, {size}[, concerning for malignancy|; recommend CT|].',
      '{size} [lung|pulmonary] mass {place}.',
    ],
  },
};

const NODULE_BOTH: BySeverity = {
  mild: {
    findings: ['[small|] nodules {place}, [each|] [measuring|] about {size}.', 'bilateral [small|] nodules {place}.'],
    impression: ['[small|] bilateral nodules {place}.'],
  },
  moderate: {
    findings: [
      'nodules {place}, [each|] measuring [about|approximately] {size}.',
      'bilateral [rounded|well-defined|] nodules {place}.',
    ],
    impression: ['bilateral pulmonary nodules {place}.'],
  },
  severe: {
    findings: [
      '[large|] masses {place}, [each|] measuring [about|approximately] {size}.',
      'bilateral large [rounded|] masses {place}.',
    ],
    impression: ['bilateral [lung|pulmonary] masses {place}[, concerning for metastases|].'],
  },
};

const ATELECTASIS: BySeverity = {
  mild: {
    findings: [
      '[linear|bandlike|platelike|discoid] [atelectasis|opacities, consistent with atelectasis,|subsegmental atelectasis] {place}.',
      '[streaky|linear] bands of atelectasis {place}.',
    ],
    impression: [
      '[linear|subsegmental|platelike|minor] atelectasis {place}.',
      '[bandlike|linear] opacities {place}, likely atelectasis.',
    ],
  },
  moderate: {
    findings: [
      '[volume loss with|volume loss and] [streaky|bandlike] [opacity|atelectasis] {place}.',
      'there is [moderate|partial] atelectasis {place} with [mild|some] volume loss.',
    ],
    impression: ['[moderate|partial] atelectasis {place}.', 'atelectasis with volume loss {place}.'],
  },
  severe: {
    findings: [
      '[complete|lobar] collapse {place}{pull}.',
      'there is [wedge-shaped|triangular] opacity {place} with [marked|severe] volume loss, [consistent with|compatible with] lobar [collapse|atelectasis]{pull}.',
    ],
    impression: [
      '[lobar|complete] [collapse|atelectasis] {place}.',
      'lobar collapse {place}[, mucus plugging is possible|].',
    ],
  },
};

const EDEMA: BySeverity = {
  mild: {
    findings: [
      '[mild|] pulmonary vascular congestion[ with cephalization|].',
      '[mild|slight] [perihilar haze|vascular engorgement][, consistent with|, suggesting] mild pulmonary edema.',
      'the pulmonary vessels are [engorged|indistinct and congested].',
    ],
    impression: ['mild [pulmonary|interstitial|] edema.', '[mild|] pulmonary vascular congestion.'],
  },
  moderate: {
    findings: [
      '[moderate|] interstitial pulmonary edema [with Kerley B lines|with septal lines|].',
      '[perihilar and interstitial|bilateral interstitial] opacities [with septal lines|], [consistent with|compatible with] moderate [pulmonary|] edema.',
    ],
    impression: ['moderate [pulmonary|interstitial|interstitial pulmonary] edema.', 'interstitial edema, moderate.'],
  },
  severe: {
    findings: [
      '[severe|florid|marked] alveolar [pulmonary|] edema[ in a batwing pattern|].',
      '[dense|extensive] bilateral perihilar [airspace|alveolar] opacities in a batwing [distribution|pattern], [consistent with|compatible with] severe pulmonary edema.',
    ],
    impression: ['[severe|marked|florid] pulmonary edema.', 'alveolar edema, severe.'],
  },
};

const PHRASES: Record<FindingKind, { one: BySeverity; both: BySeverity }> = {
  effusion: { one: EFFUSION_ONE, both: EFFUSION_BOTH },
  cardiomegaly: { one: CARDIOMEGALY, both: CARDIOMEGALY },
  consolidation: { one: CONSOLIDATION, both: CONSOLIDATION },
  pneumothorax: { one: PNEUMOTHORAX, both: PNEUMOTHORAX },
  nodule: { one: NODULE_ONE, both: NODULE_BOTH },
  atelectasis: { one: ATELECTASIS, both: ATELECTASIS },
  edema: { one: EDEMA, both: EDEMA },
};

export const phrasesFor = (kind: FindingKind, severity: Severity, bilateral: boolean): FindingPhrases =>
  PHRASES[kind][bilateral ? 'both' : 'one'][severity];
