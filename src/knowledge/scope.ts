/** Which mentions of a sentence are negated and which are in doubt: the reach of the triggers. */
import { createMatcher } from './matcher.js';
import type { Token } from './tokens.js';
import { TRIGGERS, type TriggerKind } from './triggers.js';

/** A mention by its tokens: `first` to `end - 1`. */
export interface Span {
  first: number;
  end: number;
  negated: boolean;
  uncertain: boolean;
}

interface Trigger {
  kind: TriggerKind;
  first: number;
  end: number;
}

/** Words between a trigger before and what it speaks of; each mention it reaches carries it on as far again. */
const REACH_BEFORE = 8;
/** The same for one that stands behind, and how far it is then carried to the other members of a list. */
const REACH_AFTER = 4;
const REACH_LIST = 2;

const kinds = new Map<string, TriggerKind[]>();
for (const kind of Object.keys(TRIGGERS) as TriggerKind[]) {
  for (const phrase of TRIGGERS[kind]) kinds.set(phrase, [...(kinds.get(phrase) ?? []), kind]);
}
const matcher = createMatcher(kinds);

/** Marks the mentions of a text, which are in order of appearance. */
export function markScopes(tokens: readonly Token[], mentions: Span[]): void {
  if (mentions.length === 0) return;
  const inside = new Set(
    mentions.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, i) => first + i)),
  );
  const triggers = findTriggers(tokens, inside);
  const of = (kind: TriggerKind): Trigger[] => triggers.filter((trigger) => trigger.kind === kind);
  const stops = new Set(of('stop').map(({ first }) => first));
  const barred = (at: number): boolean => stops.has(at) || closesClause(tokens, at);
  const text: Text = { tokens, mentions, inside, barred };
  for (const { end } of of('absentBefore')) reachForward(end, text, (mention) => (mention.negated = true));
  for (const { end } of of('doubtBefore')) reachForward(end, text, (mention) => (mention.uncertain = true));
  for (const { first } of of('absentAfter')) reachBack(first, text, (mention) => (mention.negated = true));
  for (const { first } of of('doubtAfter')) reachBack(first, text, (mention) => (mention.uncertain = true));
}

/** Longest first, none over another; a phrase that can stand on either side counts for both. */
function findTriggers(tokens: readonly Token[], inside: ReadonlySet<number>): Trigger[] {
  const triggers: Trigger[] = [];
  for (let at = 0; at < tokens.length;) {
    const found = inside.has(at) ? undefined : matcher.longestAt(tokens, at);
    for (const kind of found?.value ?? []) triggers.push({ kind, first: at, end: found!.end });
    at = found?.end ?? at + 1;
  }
  return triggers;
}

/** "No effusion is seen, mild scarring" is two statements: such a word before a comma ends the first. */
const CLOSING = new Set([
  'seen',
  'identified',
  'noted',
  'visualized',
  'evident',
  'appreciated',
  'demonstrated',
  'present',
]);

function closesClause(tokens: readonly Token[], at: number): boolean {
  return at > 0 && tokens[at].gap === 'mark' && CLOSING.has(tokens[at - 1].word);
}

interface Text {
  tokens: readonly Token[];
  mentions: readonly Span[];
  /** Tokens of mentions. */
  inside: ReadonlySet<number>;
  /** Whether something begins at that token that no trigger reaches across. */
  barred(at: number): boolean;
}

function reachForward(from: number, text: Text, mark: (mention: Span) => void): void {
  let left = REACH_BEFORE;
  for (let at = from; at < text.tokens.length && left >= 0; at++) {
    if (text.tokens[at].gap === 'sentence' || text.barred(at)) return;
    const mention = text.inside.has(at) ? text.mentions.find(({ first, end }) => first <= at && at < end) : undefined;
    if (mention === undefined) left -= 1;
    else {
      mark(mention);
      left = REACH_BEFORE;
      at = mention.end - 1;
    }
  }
}

function reachBack(from: number, text: Text, mark: (mention: Span) => void): void {
  let left = REACH_AFTER;
  for (let at = from - 1; at >= 0 && left >= 0; at--) {
    if (text.tokens[at + 1].gap === 'sentence' || text.barred(at)) return;
    const mention = text.inside.has(at) ? text.mentions.find(({ first, end }) => first <= at && at < end) : undefined;
    if (mention === undefined) left -= 1;
    else {
      mark(mention);
      left = REACH_LIST;
      at = mention.first;
    }
  }
}
