/** `mlip data vocab`: a WordPiece vocabulary from the training reports of a manifest. */
import { Command } from 'commander';
import { addExamples, parsePositive } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface VocabOptions {
  out: string;
  size: number;
  json?: boolean;
}

export function dataVocabCommand(): Command {
  const command = new Command('vocab')
    .description('build a WordPiece vocabulary from the training reports of a manifest')
    .argument('<manifest>', 'JSONL or CSV')
    .requiredOption('--out <file>', 'vocab.txt to write')
    .option('--size <n>', 'pieces at most; a small corpus gives fewer', parsePositive, 1000)
    .option('--json', 'print {out, pieces, reports} as one JSON object')
    .action(vocab);
  return addExamples(
    command,
    'mlip data vocab pairs.jsonl --out vocab.txt --size 4000',
    'mlip train mlip-tiny --data pairs.jsonl --set data.vocabulary=vocab.txt',
  );
}

async function vocab(manifest: string, { out, size, json }: VocabOptions): Promise<void> {
  const { buildManifestVocabulary } = await import('../../data/build-vocabulary.js');
  const { writeVocabulary } = await import('../../data/vocabulary.js');
  const { pieces, reports } = await buildManifestVocabulary(manifest, size);
  await writeVocabulary(out, pieces);
  if (json) answerJson({ out, pieces: pieces.length, reports });
  else answer(`${out}: ${pieces.length} pieces from ${reports} reports`);
}
