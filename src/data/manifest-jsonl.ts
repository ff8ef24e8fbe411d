/** Reads JSON lines: an object a line; blank lines are skipped. */
import { messageOf } from '../core/errors.js';
import type { RawRecord } from './image-row.js';

export async function* readJsonl(chunks: AsyncIterable<Buffer>): AsyncGenerator<RawRecord> {
  let line = 0;
  for await (const text of linesOf(chunks)) {
    line += 1;
    if (text.trim() !== '') yield parseLine(text, line);
  }
}

function parseLine(text: string, line: number): RawRecord {
  try {
    return { line, record: JSON.parse(text) as unknown };
  } catch (error) {
    return { line, fault: { line, problem: `is not valid JSON (${messageOf(error)})` } };
  }
}

/** The lines of a UTF-8 text, whatever its line ends; a byte order mark is dropped. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest + decoder.decode();
}
