/** The whole model under mlip's own names, without optimiser and state: initial weights of another run. */
import { VOCABULARY_MARK, vocabularyMark } from '../checkpoint/initial-weights.js';
import { json, type ExportedFiles, type ExportedModel } from './exported.js';

export function exportMlip({ config, vocabulary, tensors }: ExportedModel): ExportedFiles {
  return {
    tensors,
    metadata: { [VOCABULARY_MARK]: vocabularyMark(vocabulary) },
    texts: { 'config.json': json(config), 'vocab.txt': `${vocabulary.join('\n')}\n` },
    usage: (out) => [
      `mlip train ${config.name} --data MANIFEST \\`,
      `  --set initialWeights=${out}/model.safetensors --set data.vocabulary=${out}/vocab.txt`,
    ],
  };
}
