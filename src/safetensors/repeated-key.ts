/** Finds what JSON.parse passes over: a key that an object gives twice. */

/** The first key that the outermost object of `json`, which is valid JSON, gives twice. */
export function repeatedKey(json: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    else if (char === '"') {
      const end = closingQuote(json, at);
      if (depth === 1 && isKey(json, end)) {
        const key = JSON.parse(json.slice(at, end + 1)) as string;
        if (seen.has(key)) return key;
        seen.add(key);
      }
      at = end;
    }
  }
  return undefined;
}

/** Where the text that opens at `start` closes. */
function closingQuote(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

/** Whether a colon follows the text that closes at `end`. */
function isKey(json: string, end: number): boolean {
  let at = end + 1;
  while (' \t\r\n'.includes(json[at])) at++;
  return json[at] === ':';
}
