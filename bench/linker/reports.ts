/** The Indiana University chest X-ray reports as Open-i publishes them: an archive of XML files with MeSH terms. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, MlipError } from '../../src/core/errors.js';

export interface IndexedReport {
  /** Number of the report. */
  id: number;
  text: string;
  /** MeSH terms as the annotators wrote them (heading/qualifier/...) and as MTI found them (headings only). */
  terms: string[];
}

/** @param archive NLMCXR_reports.tgz */
export async function readReports(archive: string): Promise<IndexedReport[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mlip-bench-linker-'));
  try {
    await promisify(execFile)('tar', ['xzf', archive, '-C', folder]).catch((error: unknown) => {
      throw unreadable(`${archive} (${messageOf(error)})`);
    });
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.xml'));
    const reports = await Promise.all(
      files.map(async (file) => parseReport(await readFile(join(folder, file), 'utf8'))),
    );
    if (reports.length === 0) throw unreadable(archive);
    return reports.toSorted((a, b) => a.id - b.id);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unreadable(where: string): MlipError {
  return new MlipError('MLIP_E_BENCH_FAILED', 'the reports cannot be read', {
    where,
    remedy: 'Give the path of NLMCXR_reports.tgz, which openi.nlm.nih.gov offers for download.',
  });
}

function parseReport(xml: string): IndexedReport {
  const sections = xml.matchAll(/<AbstractText Label="([^"]*)">([^<]*)</g);
  const terms = xml.matchAll(/<(?:major|automatic)>([^<]*)</g);
  return {
    id: Number(/<uId id="CXR(\d+)"/.exec(xml)?.[1]),
    text: Array.from(sections, ([, label, text]) => `${label}: ${unescaped(text)}`).join('\n\n'),
    terms: Array.from(terms, ([, term]) => unescaped(term).trim()),
  };
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
