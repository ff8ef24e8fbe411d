/** What the linker finds in a report, and what it takes for denied or doubtful. */
import { describe, expect, it } from 'vitest';
import { createLinker } from '../../src/knowledge/linker.js';

const concept = (id: string, type: string, ...[name, ...synonyms]: string[]) => ({ id, type, name, synonyms });
const graph = {
  concepts: [
    concept('effusion', 'finding', 'pleural effusion', 'effusion'),
    concept('pneumothorax', 'finding', 'pneumothorax'),
    concept('cardiomegaly', 'finding', 'cardiomegaly', 'enlarged heart', 'heart enlarged', 'enlargement heart'),
    concept('atelectasis', 'finding', 'atelectasis'),
    concept('linear_atelectasis', 'finding', 'plate-like atelectasis'),
    concept('opacity', 'finding', 'opacity'),
    concept('mass', 'finding', 'mass'),
    concept('bulla', 'finding', 'bulla'),
    concept('edema', 'finding', 'œdème', 'edema'),
    concept('heart', 'anatomy', 'heart'),
    concept('lung', 'anatomy', 'lung'),
  ],
};
const linker = createLinker(graph);
const link = (...of: Parameters<typeof linker.link>) => linker.link(...of);

/** `words:concept`, with `-` before what is negated and `?` before what is uncertain. */
function linked(report: string): string[] {
  return link(report).map(({ start, end, concept, negated, uncertain }) => {
    const sign = negated ? '-' : uncertain ? '?' : '';
    return `${sign}${report.slice(start, end)}:${concept}`;
  });
}
/** The same without the words, and without organs. */
const states = (report: string): string[] =>
  linked(report)
    .map((text) => text.replace(/^([-?]?).*:/s, '$1'))
    .filter((text) => text !== 'heart' && text !== 'lung');

describe('the linker', () => {
  it('finds names and synonyms and gives their places in the report as it was given', () => {
    const report = 'FINDINGS:\r\n  Small   PLEURAL\r\neffusion;  cardiomegaly.';
    const [effusion, cardiomegaly] = link(report);
    expect(report.slice(effusion.start, effusion.end)).toBe('PLEURAL\r\neffusion');
    expect(cardiomegaly).toEqual({
      start: report.indexOf('cardiomegaly'),
      end: report.length - 1,
      concept: 'cardiomegaly',
      negated: false,
      uncertain: false,
    });
  });

  it('takes the longest synonym', () => {
    expect(linked('Plate like atelectasis and atelectasis')).toEqual([
      'Plate like atelectasis:linear_atelectasis',
      'atelectasis:atelectasis',
    ]);
  });

  it('reads plurals, hyphens and accents', () => {
    expect(states('Effusions, opacities, masses, bullae, atelectases, pneumothoraces, plate-like atelectasis')).toEqual(
      [...['effusion', 'opacity', 'mass', 'bulla', 'atelectasis', 'pneumothorax', 'linear_atelectasis']],
    );
    expect(states('Œde\u0300me.')).toEqual(['edema']);
  });

  it('sees whole words only', () => {
    expect(linked('Massive lunge; heartening pneumothoraxlike')).toEqual([]);
  });

  it('lets words of degree, side and form stand inside a synonym, and no others', () => {
    expect(linked('The heart size is mildly enlarged.')).toEqual(['heart size is mildly enlarged:cardiomegaly']);
    expect(states('Marked enlargement of the heart.')).toEqual(['cardiomegaly']);
    expect(states('The heart is not enlarged.')).toEqual([]);
    expect(states('The heart is normal and the liver enlarged.')).toEqual([]);
  });

  it('does not reach over a comma, a sentence or a removed name', () => {
    expect(linked('pleural, effusion')).toEqual(['effusion:effusion']);
    expect(linked('pleural. Effusion')).toEqual(['Effusion:effusion']);
    expect(linked('pleural XXXX effusion')).toEqual(['effusion:effusion']);
  });

  it('finds nothing in statements that all is normal but the organs', () => {
    expect(linked('Heart size is normal. The lungs are clear.')).toEqual(['Heart:heart', 'lungs:lung']);
  });

  it('looks only at the ranges that it is given', () => {
    const report = 'INDICATION: effusion. FINDINGS: mass.';
    const start = report.indexOf('mass');
    expect(link(report, { ranges: [{ start, end: report.length }] }).map(({ concept }) => concept)).toEqual(['mass']);
    expect(link(report, { ranges: [{ start, end: start + 3 }] })).toEqual([]);
  });

  it('takes the first concept where two have the same synonym', () => {
    const twice = createLinker({ concepts: [concept('a', 'finding', 'mass'), concept('b', 'finding', 'masses')] });
    expect(twice.link('a mass')).toMatchObject([{ concept: 'a' }]);
  });

  it('links thousands of reports a second', () => {
    const report = 'The heart is mildly enlarged. No pleural effusion or pneumothorax; possible atelectasis. '.repeat(
      4,
    );
    const started = performance.now();
    for (let i = 0; i < 1000; i++) link(report);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('negation', () => {
  it.each([
    ['No pneumothorax, pleural effusion, or mass.', ['-pneumothorax', '-effusion', '-mass']],
    [
      'There is no evidence of focal opacity, large pleural effusion or pneumothorax.',
      ['-opacity', '-effusion', '-pneumothorax'],
    ],
    ['Clear lungs without effusion.', ['-effusion']],
    ['Negative for pneumothorax.', ['-pneumothorax']],
    ['The lungs are free of opacity.', ['-opacity']],
    ['Pneumothorax is not seen.', ['-pneumothorax']],
    ['Effusion and pneumothorax are not identified.', ['-effusion', '-pneumothorax']],
    ['The effusion has resolved.', ['-effusion']],
    ['Heart size and edema appear within normal limits.', ['-edema']],
  ])('covers %s', (report, expected) => {
    expect(states(report)).toEqual(expected);
  });

  it.each([
    ['the end of a sentence', 'No effusion. Mass.', ['-effusion', 'mass']],
    ['a semicolon', 'No effusion; mass.', ['-effusion', 'mass']],
    ['a blank line', 'No effusion\n\nMass', ['-effusion', 'mass']],
    ['but', 'No effusion but a mass.', ['-effusion', 'mass']],
    ['however', 'No effusion, however mass.', ['-effusion', 'mass']],
    ['except', 'No opacity except a mass.', ['-opacity', 'mass']],
    ['with', 'No effusion with stable mass.', ['-effusion', 'mass']],
    ['a closed clause', 'No effusion is seen, mild atelectasis.', ['-effusion', 'atelectasis']],
    ['too many words', 'No one of us who saw it on any of these days doubts the mass.', ['mass']],
    ['a verb before what is denied behind it', 'There is a mass, but effusion is not seen.', ['mass', '-effusion']],
  ])('ends at %s', (_, report, expected) => {
    expect(states(report)).toEqual(expected);
  });

  it.each([
    ['No change in the effusion.', ['effusion']],
    ['No interval increase of effusion.', ['effusion']],
    ['Not only effusion.', ['effusion']],
    ['No significant interval change, mass.', ['mass']],
  ])('is not meant by %s', (report, expected) => {
    expect(states(report)).toEqual(expected);
  });

  it('says nothing against the body', () => {
    expect(linked('No opacity in the lungs.')).toEqual(['-opacity:opacity', 'lungs:lung']);
  });
});

describe('doubt', () => {
  it.each([
    ['Possible mass.', ['?mass']],
    ['Opacity may represent atelectasis.', ['opacity', '?atelectasis']],
    ['Suspicious for mass.', ['?mass']],
    ['Questionable effusion.', ['?effusion']],
    ['Effusion cannot be excluded.', ['?effusion']],
    ['A mass is not excluded.', ['?mass']],
    ['Atelectasis versus mass.', ['?atelectasis', '?mass']],
    ['Atelectasis vs. mass.', ['?atelectasis', '?mass']],
    ['Possible mass. Effusion.', ['?mass', 'effusion']],
  ])('is seen in %s', (report, expected) => {
    expect(states(report)).toEqual(expected);
  });

  it('gives way to denial', () => {
    expect(link('No possible mass.')).toMatchObject([{ negated: true, uncertain: false }]);
  });
});
