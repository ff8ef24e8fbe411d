/** What parameters a module has: names of the real layouts, shapes, and how they start. No tfjs in here. */

/** Distribution of the values a parameter starts from. */
export type Initial =
  { kind: 'constant'; value: number } | { kind: 'normal'; deviation: number } | { kind: 'uniform'; bound: number };

export interface ParameterSpec {
  name: string;
  shape: number[];
  initial: Initial;
}

/** In the order in which a checkpoint lists them. */
export type Layout = readonly ParameterSpec[];

export const zeros: Initial = { kind: 'constant', value: 0 };
export const ones: Initial = { kind: 'constant', value: 1 };

/**
 * timm and Hugging Face start weights from a normal distribution of deviation 0.02. (timm's is cut at +-2, a hundred
 * deviations away: the same.)
 */
export const transformerInitial: Initial = { kind: 'normal', deviation: 0.02 };

/** torch.nn.Linear's and Conv2d's own start: uniform within 1 / sqrt(inputs of a unit). */
export function torchInitial(fanIn: number): Initial {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) };
}

export function linearLayout(name: string, outputs: number, inputs: number): Layout {
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], initial: transformerInitial },
    { name: `${name}.bias`, shape: [outputs], initial: zeros },
  ];
}

export function normLayout(name: string, width: number): Layout {
  return [
    { name: `${name}.weight`, shape: [width], initial: ones },
    { name: `${name}.bias`, shape: [width], initial: zeros },
  ];
}

export function prefixed(prefix: string, layout: Layout): Layout {
  return layout.map((spec) => ({ ...spec, name: prefix + spec.name }));
}
