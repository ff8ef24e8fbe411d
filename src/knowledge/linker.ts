/**
 * Marks in a report what it mentions of a knowledge graph (method.md, "Knowledge"): the longest synonym from each word
 * on, and for each mention whether the report denies it or leaves it open.
 */
import type { KnowledgeGraph } from './graph.js';
import { createMatcher } from './matcher.js';
import { normaliseWord } from './normalise.js';
import { markScopes, type Span } from './scope.js';
import { tokenise } from './tokens.js';

/** UTF-16 units `start` to `end - 1` of the report as it was given. */
export interface Range {
  start: number;
  end: number;
}

export interface Mention extends Range {
  /** Id of the concept. */
  concept: string;
  /** The report says that it is absent. */
  negated: boolean;
  /** The report leaves open whether it is there. */
  uncertain: boolean;
}

export interface LinkOptions {
  /** Parts of the report to look at, in order and apart; the whole report by default. */
  ranges?: readonly Range[];
}

export interface Linker {
  /** Mentions in order of appearance, none over another. */
  link(report: string, options?: LinkOptions): Mention[];
}

/**
 * Words that may stand inside a synonym: "enlargement of the cardiac silhouette", "heart size is mildly enlarged". They
 * say how much, on which side or since when, and change nothing of what is meant.
 */
const BETWEEN = new Set(
  [
    ...['a', 'an', 'the', 'of', 'in', 'within', 'at', 'to', 'is', 'are', 'was', 'were', 'be', 'appears', 'appear'],
    ...[
      'remains',
      'remain',
      'size',
      'again',
      'both',
      'bilateral',
      'bilaterally',
      'left',
      'right',
      'sided',
      'visualized',
    ],
    ...['mild', 'mildly', 'moderate', 'moderately', 'severe', 'severely', 'marked', 'markedly', 'slight', 'slightly'],
    ...[
      'minimal',
      'minimally',
      'borderline',
      'stable',
      'small',
      'large',
      'somewhat',
      'diffuse',
      'diffusely',
      'chronic',
    ],
    ...['old', 'mid', 'lower', 'upper', 'multilevel', 'seen', 'noted', 'present', 'throughout', 'along', 'involving'],
    ...[
      'significantly',
      'quite',
      'very',
      'grossly',
      'probably',
      'persistent',
      'persistently',
      'prominent',
      'central',
      'again',
      'overall',
    ],
    ...['thoracic', 'posterior', 'anterior', 'lateral', 'visible', 'unchanged', 'extensive', 'diffuse', 'mildly'],
  ].map(normaliseWord),
);

/** Types of concepts that no report denies: "no opacity in the left lung" says nothing against the lung. UMLS has several. */
const BODY_TYPES = new Set([
  ...['anatomy', 'Body Part, Organ, or Organ Component', 'Body Location or Region', 'Body Space or Junction'],
  ...['Body System', 'Tissue', 'Anatomical Structure'],
]);

export function createLinker(graph: Pick<KnowledgeGraph, 'concepts'>): Linker {
  const matcher = createMatcher(phrasesOf(graph), BETWEEN);
  const alwaysThere = new Set(graph.concepts.filter(({ type }) => BODY_TYPES.has(type)).map(({ id }) => id));

  function mentionsIn(text: string, offset: number): Mention[] {
    const tokens = tokenise(text);
    const found: (Span & { concept: string })[] = [];
    for (let at = 0; at < tokens.length;) {
      const match = matcher.longestAt(tokens, at);
      if (match) found.push({ first: at, end: match.end, concept: match.value, negated: false, uncertain: false });
      at = match?.end ?? at + 1;
    }
    markScopes(tokens, found);
    return found.map(({ first, end, concept, negated, uncertain }) => ({
      start: offset + tokens[first].start,
      end: offset + tokens[end - 1].end,
      concept,
      negated: negated && !alwaysThere.has(concept),
      uncertain: uncertain && !negated && !alwaysThere.has(concept),
    }));
  }

  function link(report: string, { ranges = [{ start: 0, end: report.length }] }: LinkOptions = {}): Mention[] {
    return ranges.flatMap(({ start, end }) => mentionsIn(report.slice(start, end), start));
  }
  return { link };
}

function* phrasesOf({ concepts }: Pick<KnowledgeGraph, 'concepts'>): Generator<readonly [string, string]> {
  for (const { id, name, synonyms } of concepts) for (const phrase of [name, ...synonyms]) yield [phrase, id];
}
