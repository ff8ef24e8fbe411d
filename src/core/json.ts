/** JSON from elsewhere, which may be none. */

/** Undefined, which no JSON stands for, where the text is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
