/** What a radiologist would say of a case, a statement for each thing that is there, is missing or is as it should be. */
import type { Random } from '../../core/random.js';
import { attributesOf, type Topic } from './attributes.js';
import type { Case } from './case.js';
import { chance, shuffled } from './chance.js';
import type { Device } from './devices.js';
import { FINDING_KINDS, type Finding, type FindingKind } from './findings.js';
import { otherSide, signOf, type Side } from './geometry.js';
import { enumerate, expand, say, type Slots } from './grammar.js';
import { ABSENT_LISTS, ABSENT_NOUNS, ABSENT_SENTENCES } from './phrases-absent.js';
import { ATTRIBUTE_PHRASES, DEVICE_PHRASES, NORMAL_PHRASES } from './phrases-anatomy.js';
import { phrasesFor } from './phrases-findings.js';

export interface Statement {
  topic: Topic;
  sentence: string;
  /** Its line in the impression, if it belongs there. */
  impression?: string;
}

/** Radiologists leave out some of what is not asked for. */
const MENTION_ATTRIBUTE = 0.93;
const ATTRIBUTE_IN_IMPRESSION = 0.3;

const TOPIC_OF: Record<FindingKind, Topic> = {
  effusion: 'pleura',
  cardiomegaly: 'heart',
  consolidation: 'lungs',
  pneumothorax: 'pleura',
  nodule: 'lungs',
  atelectasis: 'lungs',
  edema: 'lungs',
};

export function statementsOf(subject: Case, draw: Random): Statement[] {
  return [
    ...subject.findings.map((finding) => findingStatement(subject, finding, draw)),
    ...attributeStatements(subject, draw),
    ...subject.devices.map((device) => deviceStatement(device, draw)),
    ...absentStatements(subject, draw),
    ...normalStatements(subject, draw),
  ];
}

function findingStatement(subject: Case, finding: Finding, draw: Random): Statement {
  const phrases = phrasesFor(finding.kind, finding.severity, finding.sides.length > 1);
  const slots = findingSlots(subject, finding);
  return {
    topic: TOPIC_OF[finding.kind],
    sentence: say(draw, phrases.findings, slots),
    impression: say(draw, phrases.impression, slots),
  };
}

function findingSlots({ anatomy }: Case, finding: Finding): Slots {
  const [side] = finding.sides;
  if (side === undefined) return {};
  // Turning or another finding may hide a shift: it is only said where it shows.
  const shifted = (to: Side): string =>
    finding.sides.length === 1 && anatomy.mediastinalShift * signOf(to) > 0.05
      ? `[, with shift of the mediastinum to the ${to}|, with mediastinal shift to the ${to}|]`
      : '';
  return {
    side,
    size: `${finding.sizeCm.toFixed(1)} cm`,
    place: placeOf(finding),
    shift: shifted(otherSide(side)),
    pull: shifted(side),
  };
}

function placeOf({ sides, zone }: Finding): string {
  const bilateral = { upper: 'upper lobes|upper lungs', mid: 'mid lungs', lower: 'lower lobes|lower lungs' }[zone];
  if (sides.length > 1) {
    const base = zone === 'lower' ? '|at both lung bases' : '';
    return `[in both [${zone} lung zones|${bilateral}]${base}|in the ${zone} lung zones bilaterally]`;
  }
  const [side] = sides;
  const lobe = zone === 'mid' ? { right: 'right middle lobe', left: 'lingula' }[side] : `${side} ${zone} lobe`;
  const base = zone === 'lower' ? `|at the ${side} lung base|at the ${side} base` : '';
  return `[in the [${side} ${zone} lung zone|${side} ${zone} lung|${lobe}]${base}]`;
}

function attributeStatements(subject: Case, draw: Random): Statement[] {
  return attributesOf(subject)
    .filter(() => chance(draw, MENTION_ATTRIBUTE))
    .map(({ attribute, topic, side }) => {
      const phrase = (): string => say(draw, ATTRIBUTE_PHRASES[attribute], { side: side ?? '' });
      return withImpression(draw, topic, phrase);
    });
}

function deviceStatement(device: Device, draw: Random): Statement {
  const { side = '', count } = device;
  const leads = ['single-lead', 'dual-lead', 'biventricular'][count - 1] ?? '';
  const wires = ['four', 'five', 'six'][count - 4] ?? '';
  return withImpression(draw, 'devices', () => say(draw, DEVICE_PHRASES[device.kind], { side, leads, count: wires }));
}

function withImpression(draw: Random, topic: Topic, phrase: () => string): Statement {
  const sentence = phrase();
  return chance(draw, ATTRIBUTE_IN_IMPRESSION) ? { topic, sentence, impression: phrase() } : { topic, sentence };
}

/** Kinds of findings that a case does not have, some in a list, some in a sentence of their own. */
function absentStatements({ findings }: Case, draw: Random): Statement[] {
  const present = new Set(findings.map(({ kind }) => kind));
  const absent = shuffled(
    draw,
    FINDING_KINDS.filter((kind) => !present.has(kind)),
  );
  const listed = absent.splice(0, draw.integer(4));
  const statements = absent
    .slice(0, 1 + draw.integer(2))
    .map((kind): Statement => ({ topic: TOPIC_OF[kind], sentence: say(draw, ABSENT_SENTENCES[kind]) }));
  if (listed.length > 0) {
    const list = enumerate(
      listed.map((kind) => expand(draw, ABSENT_NOUNS[kind])),
      'or',
    );
    statements.push({ topic: 'pleura', sentence: say(draw, ABSENT_LISTS, { list }) });
  }
  return statements;
}

/** What is as it should be, where it is, and not always. */
function normalStatements(subject: Case, draw: Random): Statement[] {
  const { anatomy, findings, devices } = subject;
  const shown = new Set(attributesOf(subject).map(({ topic }) => topic));
  const clear = findings.every(({ kind }) => kind === 'cardiomegaly') && !shown.has('lungs');
  const straight = anatomy.spineBow === 0 && Math.abs(anatomy.mediastinalShift) < 0.05;
  const hardware = devices.some(({ kind }) => kind === 'shoulderProsthesis' || kind === 'spinalRods');
  const normal: [keyof typeof NORMAL_PHRASES, boolean][] = [
    ['lungs', clear],
    ['mediastinum', straight && !shown.has('mediastinum')],
    ['bones', !hardware && !shown.has('bones')],
    ['abdomen', !shown.has('abdomen')],
  ];
  return normal
    .filter(([, holds]) => chance(draw, 0.4) && holds)
    .map(([topic]) => ({ topic, sentence: say(draw, NORMAL_PHRASES[topic]) }));
}
