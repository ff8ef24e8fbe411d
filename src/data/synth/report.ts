/** The report of a synthetic case: sections, order and wording vary, what it says is what is drawn. */
import { random, type Random } from '../../core/random.js';
import { TOPICS, type Topic } from './attributes.js';
import { labelsOf, type Case } from './case.js';
import { chance, shuffled } from './chance.js';
import { expand, say } from './grammar.js';
import {
  CLEAR_IMPRESSIONS,
  COMPARISONS,
  HEADER_STYLES,
  INDICATIONS,
  REQUESTS,
  STANDARD_REPORTS,
  TECHNIQUES,
} from './phrases-frame.js';
import { statementsOf, type Statement } from './statements.js';

/** Habits in which readers go through an image. */
const ORDERS: readonly (readonly Topic[])[] = [
  TOPICS,
  ['devices', 'heart', 'mediastinum', 'lungs', 'pleura', 'abdomen', 'bones', 'technique'],
  ['lungs', 'pleura', 'heart', 'mediastinum', 'devices', 'bones', 'abdomen', 'technique'],
  ['technique', 'heart', 'mediastinum', 'pleura', 'lungs', 'bones', 'devices', 'abdomen'],
];
const IMPRESSION_ONLY = 0.06;
/** Of the films without a finding, in the hard corpus. */
const STANDARD_SHARE = 0.6;

export function writeReport(subject: Case): string {
  const draw = random(subject.seed, 'report', subject.study);
  if (subject.hard && subject.findings.length === 0 && chance(draw, STANDARD_SHARE)) return draw.pick(STANDARD_REPORTS);
  const header = draw.pick(HEADER_STYLES);
  const conclusion = chance(draw, 0.9) ? 'impression' : 'conclusion';
  const statements = statementsOf(subject, draw);
  const sections: [name: string, text: string][] = [['indication', requestOf(subject, draw)]];
  if (chance(draw, 0.35)) sections.push(['technique', say(draw, TECHNIQUES[subject.anatomy.view])]);
  if (chance(draw, 0.6)) sections.push(['comparison', say(draw, COMPARISONS)]);
  if (chance(draw, IMPRESSION_ONLY)) {
    sections.push([
      conclusion,
      numbered(
        statements.map(({ impression, sentence }) => impression ?? sentence),
        draw,
      ),
    ]);
  } else {
    sections.push(
      ['findings', inOrder(statements, draw)],
      [conclusion, numbered(conclusions(subject, statements, draw), draw)],
    );
  }
  return sections.map(([name, text]) => header(name) + text).join('\n');
}

function requestOf(subject: Case, draw: Random): string {
  const { age, sex } = subject.anatomy;
  const person = sex === 'female' ? 'woman' : 'man';
  const reason = expand(draw, draw.pick(INDICATIONS[draw.pick(labelsOf(subject))]));
  return say(draw, REQUESTS, { age: String(age), person, reason });
}

/** Sentences by topic, in one of the readers' orders; within a topic in any order. */
function inOrder(statements: readonly Statement[], draw: Random): string {
  const order = draw.pick(ORDERS);
  const byTopic = order.flatMap((topic) =>
    shuffled(
      draw,
      statements.filter((statement) => statement.topic === topic),
    ),
  );
  return byTopic.map(({ sentence }) => sentence).join(' ');
}

/** The impression's lines: findings first, since `statementsOf` lists them first. */
function conclusions({ findings }: Case, statements: readonly Statement[], draw: Random): string[] {
  const lines = statements.flatMap(({ impression }) => impression ?? []);
  return findings.length > 0 ? lines : [say(draw, CLEAR_IMPRESSIONS), ...lines];
}

/** Lines with numbers, as most write an impression, or one after the other. */
function numbered(lines: readonly string[], draw: Random): string {
  const wanted = chance(draw, lines.length > 1 ? 0.7 : 0.2);
  const separator = wanted && chance(draw, 0.5) ? '\n' : ' ';
  return lines.map((line, i) => (wanted ? `${i + 1}. ${line}` : line)).join(separator);
}
