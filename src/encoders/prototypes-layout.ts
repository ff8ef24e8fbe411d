/** The prototypes, K rows that the category level clusters around. */
import { torchInitial, type Layout } from './layout.js';

export function prototypesLayout(count: number, width: number): Layout {
  return [{ name: 'weight', shape: [count, width], initial: torchInitial(width) }];
}
