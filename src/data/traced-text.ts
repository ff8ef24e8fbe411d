/** Text that is cut and rewritten without forgetting where each of its characters came from. */

export interface TracedText {
  text: string;
  /** For each UTF-16 unit of `text`, its index in the original; one that was put in has that of what it stands for. */
  origins: readonly number[];
}

export function traced(text: string): TracedText {
  return { text, origins: Array.from({ length: text.length }, (_, i) => i) };
}

export function sliceTraced({ text, origins }: TracedText, start: number, end?: number): TracedText {
  return { text: text.slice(start, end), origins: origins.slice(start, end) };
}

export function joinTraced(parts: readonly TracedText[], separator = ''): TracedText {
  const origins: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (i > 0) for (let unit = 0; unit < separator.length; unit++) origins.push(-1);
    for (const origin of part.origins) origins.push(origin);
  }
  return { text: parts.map(({ text }) => text).join(separator), origins };
}

/** Replaces every match of a global pattern by plain text. */
export function replaceTraced(from: TracedText, pattern: RegExp, replacement: string): TracedText {
  const parts: TracedText[] = [];
  let done = 0;
  for (const { index, 0: found } of from.text.matchAll(pattern)) {
    const origins = Array.from({ length: replacement.length }, () => from.origins[index]);
    parts.push(sliceTraced(from, done, index), { text: replacement, origins });
    done = index + found.length;
  }
  return parts.length === 0 ? from : joinTraced([...parts, sliceTraced(from, done)]);
}

/** The pieces between the matches of a global pattern, as `String.split` gives them. */
export function splitTraced(from: TracedText, pattern: RegExp): TracedText[] {
  const pieces: TracedText[] = [];
  let done = 0;
  for (const { index, 0: found } of from.text.matchAll(pattern)) {
    pieces.push(sliceTraced(from, done, index));
    done = index + found.length;
  }
  return [...pieces, sliceTraced(from, done)];
}
