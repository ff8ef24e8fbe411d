/** When two names are the same name. */

/** Lower case, and one space for anything that is no letter or digit: `Kerley-B  lines` is `kerley b lines`. */
export function normaliseTerm(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
