/** The report encoder for transformers: a folder that BertModel.from_pretrained and AutoTokenizer load. */
import { json, tensorsUnder, type ExportedFiles, type ExportedModel } from './exported.js';

export function exportTransformers(model: ExportedModel): ExportedFiles {
  return {
    tensors: tensorsUnder(model.tensors, 'text.'),
    texts: {
      'config.json': json(bertConfig(model)),
      'tokenizer_config.json': json(tokenizerConfig(model)),
      'vocab.txt': `${model.vocabulary.join('\n')}\n`,
    },
    usage: (out) => [
      'from transformers import AutoTokenizer, BertModel',
      `tokenizer = AutoTokenizer.from_pretrained('${out}')`,
      `encoder = BertModel.from_pretrained('${out}', add_pooling_layer=False).eval()`,
      "features = encoder(**tokenizer(reports, padding=True, truncation=True, return_tensors='pt')).last_hidden_state",
    ],
  };
}

function bertConfig({ config, vocabulary }: ExportedModel): object {
  const { width, layers, heads, mlpWidth, maxPositions, dropout } = config.model.text;
  return {
    architectures: ['BertModel'],
    model_type: 'bert',
    vocab_size: vocabulary.length,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: mlpWidth,
    max_position_embeddings: maxPositions,
    type_vocab_size: 2,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-12,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: dropout,
    pad_token_id: vocabulary.indexOf('[PAD]'),
  };
}

/** mlip lower-cases reports, whatever the vocabulary was made for. */
function tokenizerConfig({ config }: ExportedModel): object {
  return { tokenizer_class: 'BertTokenizer', do_lower_case: true, model_max_length: config.data.maxPieces };
}
