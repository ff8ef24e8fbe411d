/** The config.json beside the weights of a BERT says what their shapes don't: heads, activation, kind of positions. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextConfig } from '../config/schema.js';
import { MlipError, messageOf } from '../core/errors.js';
import { otherArchitecture } from './family.js';
import type { WeightSource } from './source.js';

const FILE = 'config.json';

interface BertConfig {
  num_attention_heads?: number;
  hidden_act?: string;
  position_embedding_type?: string;
}

/** @throws MLIP_E_WEIGHTS_ARCHITECTURE where there is such a file and it describes another model. */
export async function requireBertConfig({ folder }: WeightSource, { heads }: TextConfig): Promise<void> {
  const path = join(folder, FILE);
  if (!existsSync(path)) return;
  const config = await readConfig(path);
  const expected = { num_attention_heads: heads, hidden_act: 'gelu', position_embedding_type: 'absolute' };
  for (const [name, wanted] of Object.entries(expected)) {
    const found = config[name as keyof BertConfig] ?? wanted;
    if (found !== wanted) throw otherArchitecture(`${name} is ${found}; the model has ${wanted}`, path);
  }
}

async function readConfig(path: string): Promise<BertConfig> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as BertConfig;
  } catch (cause) {
    throw new MlipError(
      'MLIP_E_WEIGHTS_ARCHITECTURE',
      `the description of the weights cannot be read: ${messageOf(cause)}`,
      {
        where: path,
        remedy: 'Download it again, or move the weights to a folder without it.',
        cause,
      },
    );
  }
}
