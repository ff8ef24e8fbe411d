// What the documents that are written from the code have in common.

export const NOTICE = '<!-- Written from the code: `npx vitest run documents -u` renews it. -->';

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.map(escape).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

const escape = (cell: string | number): string => String(cell).replaceAll('|', '\\|');
