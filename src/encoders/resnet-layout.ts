/** Parameters and running statistics of a ResNet, by torchvision's names; initial values as torchvision's. */
import type { VisionConfig } from '../config/schema.js';
import { runningStatisticsLayout } from './batch-norm.js';
import { normLayout, type Layout } from './layout.js';
import { bottleneckWidth, CHANNELS, stageOutputWidth, STEM_WIDTH } from './vision-shape.js';

const STEM_KERNEL = 7;

/** A convolution without bias and the BatchNorm behind it. */
interface ConvolutionSpec {
  name: string;
  norm: string;
  outputs: number;
  inputs: number;
  kernel: number;
}

export function resnetLayout(config: VisionConfig): Layout {
  return convolutions(config).flatMap(({ name, norm, outputs, inputs, kernel }) => [
    // kaiming_normal_(mode='fan_out', nonlinearity='relu')
    {
      name: `${name}.weight`,
      shape: [outputs, inputs, kernel, kernel],
      initial: { kind: 'normal' as const, deviation: Math.sqrt(2 / (outputs * kernel ** 2)) },
    },
    ...normLayout(norm, outputs),
  ]);
}

/** The running statistics: state that no gradient reaches. */
export function resnetStateLayout(config: VisionConfig): Layout {
  return convolutions(config).flatMap(({ norm, outputs }) => runningStatisticsLayout(norm, outputs));
}

function convolutions(config: VisionConfig): ConvolutionSpec[] {
  const stem = { name: 'conv1', norm: 'bn1', outputs: STEM_WIDTH, inputs: CHANNELS, kernel: STEM_KERNEL };
  const blocks = config.stages.flatMap((count, stage) =>
    Array.from({ length: count }, (_, block) => blockConvolutions(config, stage, block)),
  );
  return [stem, ...blocks.flat()];
}

function blockConvolutions(config: VisionConfig, stage: number, block: number): ConvolutionSpec[] {
  const name = `layer${stage + 1}.${block}`;
  const width = bottleneckWidth(stage, config);
  const outputs = stageOutputWidth(stage);
  const inputs = block > 0 ? outputs : stage > 0 ? stageOutputWidth(stage - 1) : STEM_WIDTH;
  const convolution = (index: number, outs: number, ins: number, kernel: number): ConvolutionSpec => {
    return { name: `${name}.conv${index}`, norm: `${name}.bn${index}`, outputs: outs, inputs: ins, kernel };
  };
  const beside = { name: `${name}.downsample.0`, norm: `${name}.downsample.1`, outputs, inputs, kernel: 1 };
  return [
    convolution(1, width, inputs, 1),
    convolution(2, width, width, 3),
    convolution(3, outputs, width, 1),
    ...(block === 0 ? [beside] : []),
  ];
}
