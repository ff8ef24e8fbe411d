/** The chest radiography graph that ships: its size, that it hangs together, and what it finds in reports. */
import { describe, expect, it } from 'vitest';
import { builtinGraphPath } from '../../src/knowledge/builtin.js';
import { createLinker } from '../../src/knowledge/linker.js';
import { readGraph } from '../../src/knowledge/read-graph.js';
import { tokenise } from '../../src/knowledge/tokens.js';

const graph = await readGraph(builtinGraphPath());
const linker = createLinker(graph);
const found = (report: string): string[] =>
  linker.link(report).map(({ concept, negated, uncertain }) => (negated ? '-' : uncertain ? '?' : '') + concept);

describe('the chest radiography graph', () => {
  it('has the promised size', () => {
    expect(graph.concepts.length).toBeGreaterThanOrEqual(170);
    expect(graph.triples.length).toBeGreaterThanOrEqual(330);
  });

  it('uses the relations that its README explains', () => {
    const relations = new Set(graph.triples.map(({ relation }) => relation));
    expect([...relations].sort()).toEqual([
      ...['adjacent_to', 'associated_with', 'causes', 'is_a', 'located_in', 'may_be_sign_of', 'opposite_of', 'part_of'],
      ...['resembles', 'treated_with'],
    ]);
  });

  it('has every concept in a triple, and most in three', () => {
    const degrees = new Map(graph.concepts.map(({ id }) => [id, 0]));
    for (const { head, tail } of graph.triples) for (const id of [head, tail]) degrees.set(id, degrees.get(id)! + 1);
    expect([...degrees].filter(([, degree]) => degree === 0)).toEqual([]);
    const well = [...degrees.values()].filter((degree) => degree >= 3).length;
    expect(well / graph.concepts.length).toBeGreaterThan(0.8);
  });

  it('gives no two concepts the same synonym', () => {
    const owners = new Map<string, string>();
    const shared: string[] = [];
    for (const { id, name, synonyms } of graph.concepts) {
      for (const phrase of [name, ...synonyms]) {
        const words = tokenise(phrase)
          .map(({ word }) => word)
          .join(' ');
        if ((owners.get(words) ?? id) !== id) shared.push(`${words}: ${owners.get(words)}, ${id}`);
        owners.set(words, id);
      }
    }
    expect(shared).toEqual([]);
  });

  it('finds each concept by its name', () => {
    for (const { id, name } of graph.concepts) expect(found(name)).toEqual([id]);
  });

  it.each([
    ['The heart size is mildly enlarged.', ['cardiomegaly']],
    ['Cardiac silhouette is enlarged.', ['cardiomegaly']],
    ['Heart size is normal. Lungs are clear.', ['heart', 'lung']],
    [
      'No focal consolidation, pneumothorax, or pleural effusion.',
      ['-consolidation', '-pneumothorax', '-pleural_effusion'],
    ],
    ['Blunting of the left costophrenic angle.', ['blunted_costophrenic_angle']],
    ['Degenerative changes of the thoracic spine.', ['spinal_degeneration']],
    ['Tortuous, calcified thoracic aorta.', ['aortic_tortuosity', 'aortic_calcification']],
    ['Calcified right hilar lymph nodes.', ['calcified_lymph_node']],
    ['Hyperexpanded lungs, suggesting COPD.', ['hyperinflation', 'lung', '?copd']],
    ['Right IJ central venous catheter with the tip in the SVC.', ['central_venous_catheter', 'superior_vena_cava']],
    ['Pulmonary oedema has resolved.', ['-pulmonary_edema']],
    ['No change in the large hiatus hernia.', ['hiatal_hernia']],
  ])('reads %s', (report, expected) => {
    expect(found(report)).toEqual(expected);
  });
});
