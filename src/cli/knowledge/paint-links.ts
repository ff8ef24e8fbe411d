/** A report with its links: in colour, or with marks where there is none. */
import type pc from 'picocolors';
import type { Link } from '../../data/manifest.js';

type Colours = ReturnType<typeof pc.createColors>;
type LinkState = 'present' | 'negated' | 'uncertain';

const PAINTS: Record<LinkState, 'green' | 'red' | 'yellow'> = { present: 'green', negated: 'red', uncertain: 'yellow' };

export function stateOf({ negated, uncertain }: Pick<Link, 'negated' | 'uncertain'>): LinkState {
  if (negated) return 'negated';
  return uncertain ? 'uncertain' : 'present';
}

export function legend(colours: Colours): string {
  if (!colours.isColorSupported) return 'marks: [words|present], [words|negated], [words|uncertain]';
  return `colours: ${(Object.keys(PAINTS) as LinkState[]).map((state) => colours[PAINTS[state]](state)).join(', ')}`;
}

/** Of links that overlap, as imported ones may, the first is shown. */
export function paintLinks(report: string, links: readonly Link[], colours: Colours): string {
  const parts: string[] = [];
  let done = 0;
  for (const link of links.toSorted((a, b) => a.start - b.start)) {
    if (link.start < done) continue;
    parts.push(printable(report.slice(done, link.start)));
    parts.push(painted(printable(report.slice(link.start, link.end)), stateOf(link), colours));
    done = link.end;
  }
  return parts.join('') + printable(report.slice(done));
}

function painted(words: string, state: LinkState, colours: Colours): string {
  return colours.isColorSupported ? colours[PAINTS[state]](words) : `[${words}|${state}]`;
}

/** A report must not be able to steer the terminal. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll('\r\n', '\n').replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, ' ');
}
