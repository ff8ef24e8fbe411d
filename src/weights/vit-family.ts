/** Vision transformers as timm names them, and with it DeiT and MAE. */
import {
  countNumbered,
  otherArchitecture,
  requireSameSizes,
  sizeOf,
  spreadOverChannels,
  type Conversion,
  type Family,
  type Shapes,
} from './family.js';
import { resamplePositions } from './position-embedding.js';

const TITLE = 'vision transformer';
const KERNEL = 'patch_embed.proj.weight';
const POSITIONS = 'pos_embed';
/** Further tokens and norms of other vision transformers; blocks are looked at as a whole. */
const ESSENTIAL = /^(blocks\.|dist_token|reg_token|register_tokens|norm_pre\.|patch_embed\.|cls_token|attn_pool\.)/;

export const vitFamily: Family = {
  title: TITLE,
  part: 'vision',
  anchor: KERNEL,
  sizes,
  check(found, wanted, where) {
    requireSameSizes(TITLE, sizes(found), sizes(wanted), where);
    requireTokens(found, where);
  },
  target: (name) => `vision.${name}`,
  isEssential: (name) => ESSENTIAL.test(name),
  conversion(name, from, to) {
    if (name === POSITIONS) return resampled(from, to);
    return name === KERNEL ? spreadOverChannels(from, to) : undefined;
  },
};

function sizes(shapes: Shapes) {
  return {
    width: sizeOf(shapes, KERNEL, 0),
    blocks: countNumbered(shapes, 'blocks'),
    'patch side': sizeOf(shapes, KERNEL, 2),
    'MLP width': sizeOf(shapes, 'blocks.0.mlp.fc1.weight', 0),
  };
}

/** One class token, and a position for it and for each patch of a square. */
function requireTokens(found: Shapes, where: string): void {
  if (found.has('dist_token')) {
    const remedy =
      'Take the weights without distillation, e.g. deit_base_patch16_224 instead of deit_base_distilled_patch16_224.';
    throw otherArchitecture('a distilled DeiT, which has a second class token', where, remedy);
  }
  const tokens = sizeOf(found, POSITIONS, 1);
  if (found.has('cls_token') && Number.isInteger(Math.sqrt(tokens - 1))) return;
  throw otherArchitecture(`${tokens} positions are not those of a class token and a square of patches`, where);
}

function resampled(
  [, tokens, width]: readonly number[],
  [, wanted, wantedWidth]: readonly number[],
): Conversion | undefined {
  if (width !== wantedWidth) return undefined;
  const [from, to] = [tokens, wanted].map((count) => Math.sqrt(count - 1));
  return {
    what: `positions of ${from} x ${from} patches resampled to ${to} x ${to}`,
    apply: (table) => resamplePositions(table, to),
  };
}
