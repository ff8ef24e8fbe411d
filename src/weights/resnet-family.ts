/** Residual networks as torchvision names them; timm names its `resnet50` alike. */
import { countNumbered, requireSameSizes, sizeOf, spreadOverChannels, type Family, type Shapes } from './family.js';

const TITLE = 'residual network';
const STEM = 'conv1.weight';
const STAGES = ['layer1', 'layer2', 'layer3', 'layer4'];
const ESSENTIAL = /^(layer\d|conv\d|bn\d)\b/;
/** Counts of batches, which a BatchNorm with momentum does not use. */
const COUNTER = '.num_batches_tracked';

export const resnetFamily: Family = {
  title: TITLE,
  part: 'vision',
  anchor: 'layer1.0.conv1.weight',
  sizes: sizesOfResnet,
  check: (found, wanted, where) => requireSameSizes(TITLE, sizesOfResnet(found), sizesOfResnet(wanted), where),
  target: (name) => `vision.${name}`,
  isEssential: (name) => ESSENTIAL.test(name) && !name.endsWith(COUNTER),
  conversion: (name, from, to) => (name === STEM ? spreadOverChannels(from, to) : undefined),
};

/** All that a model of the same library needs to be told. */
export function sizesOfResnet(shapes: Shapes) {
  return {
    blocks: STAGES.map((stage) => countNumbered(shapes, stage)).join('-'),
    'convolutions of a block': shapes.has('layer1.0.conv3.weight') ? 3 : 2,
    'width of the stem': sizeOf(shapes, STEM, 0),
    'width of a block': sizeOf(shapes, 'layer1.0.conv1.weight', 0),
  };
}
