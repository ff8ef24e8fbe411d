/** How radiologists put anatomy, technique, lines, tubes and implants. Syntax in grammar.ts. */
import type { DeviceKind } from './devices.js';

/** What a case may show besides findings; slots: side, count. */
export const ATTRIBUTE_PHRASES = {
  inflationLow: [
    '[low|shallow] lung volumes[ with crowding of the bronchovascular markings|].',
    'the lungs are [hypoinflated|poorly inflated|underinflated].',
    '[low inspiratory volumes|shallow inspiration].',
  ],
  inflationHigh: [
    'the lungs are [hyperinflated|hyperexpanded][ with flattened diaphragms|].',
    'hyperinflation with [flattened|flat] [hemidiaphragms|diaphragms].',
    '[flattened diaphragms|hyperexpanded lungs], [suggesting|consistent with] emphysema.',
  ],
  rotation: [
    'the patient is rotated to the {side}.',
    'patient rotation [to|towards] the {side}[ limits evaluation of the mediastinum|].',
    '{side}ward rotation of the patient.',
  ],
  exposureUnder: [
    'the [film|radiograph|image] is [underexposed|underpenetrated|light].',
    '[underpenetrated|underexposed] technique limits [evaluation|assessment].',
  ],
  exposureOver: [
    'the [film|radiograph|image] is [overexposed|overpenetrated|dark].',
    '[overpenetrated|overexposed] technique.',
  ],
  habitusLarge: [
    '[large|obese] body habitus.',
    'evaluation is limited by [large body habitus|overlying soft tissue].',
    '[abundant|thick] soft tissue of the chest wall.',
  ],
  habitusSlim: ['[slender|thin|slim] body habitus.', 'thin chest wall soft tissues.'],
  scoliosis: [
    '[scoliosis|scoliotic curvature] of the thoracic spine, convex to the {side}.',
    '{side} convex thoracic scoliosis.',
    'the spine is curved to the {side}[, consistent with scoliosis|].',
  ],
  aortaTortuous: [
    '[tortuous|unfolded|ectatic] [thoracic aorta|aorta].',
    'the aorta is [tortuous|unfolded|ectatic][ and widens the mediastinum|].',
    'widened mediastinum from a tortuous aorta.',
  ],
  aortaCalcified: [
    '[atherosclerotic calcification|calcification] of the aortic [arch|knob].',
    'the aortic [knob|arch] is calcified.',
    'calcified [aorta|aortic arch].',
  ],
  elevatedDome: ['[elevation of the|elevated] {side} hemidiaphragm.', 'the {side} hemidiaphragm is [elevated|raised].'],
  bubbleDistended: [
    '[distended|gas-filled|gaseous distension of the] stomach.',
    '[large|prominent] gastric [bubble|air bubble] under the left hemidiaphragm.',
  ],
  hiatalHernia: [
    '[moderate|] hiatal hernia[ with an air-fluid level|].',
    'retrocardiac [lucency|air-fluid level], consistent with a hiatal hernia.',
  ],
  prominentHila: [
    '[prominent|enlarged|full] hila[ bilaterally|].',
    'bilateral hilar [prominence|fullness|enlargement].',
  ],
} as const satisfies Record<string, readonly string[]>;

export const DEVICE_PHRASES: Record<DeviceKind, readonly string[]> = {
  pacemaker: [
    '{side}[-sided|] {leads} [pacemaker|cardiac pacemaker][ in place|].',
    '{leads} pacemaker [with generator over|with its generator in] the {side} [chest wall|chest].',
    '{side} chest wall {leads} [cardiac device|pacing device], leads [intact|in expected position].',
  ],
  sternalWires: [
    'median sternotomy wires[ are intact|].',
    '[status post|prior] [median|] sternotomy[ with {count} intact wires|].',
    '{count} sternal wires[ are present|].',
  ],
  port: [
    '{side}[-sided|] [chest port|port-a-cath|port catheter][ with tip in the SVC|].',
    '[chest port|port-a-cath] on the {side} with its tip [over|in] the superior vena cava.',
  ],
  centralLine: [
    '{side} [internal jugular|IJ] [central venous catheter|central line][ with tip in the SVC|].',
    '{side} jugular central line terminates in the superior vena cava.',
  ],
  endotrachealTube: [
    'endotracheal tube [tip above the carina|in place|in satisfactory position].',
    'the patient is intubated[, tube tip above the carina|].',
    'ET tube [terminates|ends] above the carina.',
  ],
  nasogastricTube: [
    '[nasogastric|enteric|NG] tube [courses below the diaphragm|in the stomach|with tip in the stomach].',
    '[enteric|nasogastric] tube [terminates in the stomach|extends into the stomach].',
  ],
  chestTube: [
    '{side}[-sided|] [chest tube|thoracostomy tube|pleural drain][ in place|].',
    '[chest tube|pleural drain] on the {side}[ with tip towards the apex|].',
  ],
  electrodes: [
    '[ECG leads|monitoring leads|ECG electrodes] [overlie|project over] the chest.',
    'overlying [ECG|monitoring|telemetry] leads.',
  ],
  valve: [
    '[prosthetic|mechanical] [cardiac|heart|aortic] valve[ is in place|].',
    'status post [aortic|] valve replacement.',
  ],
  shoulderProsthesis: [
    '{side} shoulder [arthroplasty|prosthesis|replacement].',
    'status post {side} shoulder [arthroplasty|replacement].',
  ],
  spinalRods: [
    '[spinal fusion|posterior spinal fusion] [hardware|rods and screws].',
    'thoracic spine [rods and pedicle screws|fusion hardware][ in place|].',
  ],
};

/** Sentences about what is as it should be; each is only said where it is true. */
export const NORMAL_PHRASES = {
  mediastinum: [
    'the mediastinal [silhouette is|contours are] [normal|unremarkable].',
    '[the mediastinum is|mediastinal and hilar contours are] [normal|unremarkable|within normal limits].',
    'the trachea is midline.',
  ],
  bones: [
    'no acute [osseous|bony] abnormality.',
    '[the bones are|visualized osseous structures are] [intact|unremarkable].',
    'no displaced rib fracture.',
  ],
  lungs: [
    'the lungs are [clear|clear bilaterally|well expanded and clear].',
    '[both lungs|lungs] are [clear|clear without infiltrate].',
  ],
  abdomen: ['the upper abdomen is unremarkable.', 'no free air [under|below] the diaphragm.'],
} as const satisfies Record<string, readonly string[]>;
