import fc from 'fast-check';
import { refusedFields } from '../../agents/loop/refused-fields';

function textOf(value: unknown): string {
  return refusedFields({ groups: value }, { fields: ['groups'], violations: ['groups: wrong'] })
    .map((part) => ('own' in part ? part.own : part.foreign))
    .join('');
}

/** JSON as a model may send it, with the keys that JavaScript reads of its own accord. */
const foreignJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 7, 'primary ireland: close'),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom('toString', 'valueOf', 'toJSON', 'split', 'length', 'a'), tie('value')),
})).value;

describe('the broken fields of a correction', () => {
  it('are shown whatever they are', () => {
    fc.assert(fc.property(foreignJson, (value) => expect(textOf(value)).toContain('broken: groups: wrong')));
  });

  it('are shown without their reasons, lists line by line', () => {
    expect(textOf(['primary ireland: close', 'standby ohio'])).toBe(
      'groups: primary ireland\ngroups: standby ohio\nbroken: groups: wrong\n',
    );
  });

  it('say only what they are where they are no text', () => {
    expect(textOf([{ toString: 'x' }, [['deep']], null])).toBe(
      'groups: an object\ngroups: a list\ngroups: null\nbroken: groups: wrong\n',
    );
  });

  it('may be nested deeper than any stack', () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(textOf([deep])).toContain('groups: a list');
  });
});
