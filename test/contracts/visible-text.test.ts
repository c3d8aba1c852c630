import fc from 'fast-check';
import { plainLine, visibleText } from '../../contracts/visible-text';

const HIDDEN = [
  '\u0000',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u200b',
  '\u202e',
  '\u2028',
  '\u2029',
  '\ue000',
  '\ud800',
  '\u{e0041}',
];

test.each(HIDDEN)('%j is seen by nobody, so it does not stay', (character) => {
  expect(plainLine(`a${character}b`)).toBe('a b');
  expect(visibleText(`a${character}b`, () => '?')).toBe('a?b');
});

test('line ends and tabs stay in a text, and become spaces in a line', () => {
  expect(visibleText('a\n\tb\r\nc')).toBe('a\n\tb \nc');
  expect(plainLine(' a\n\tb\r\nc ')).toBe('a b c');
});

test('what can be seen stays as it is, in every language', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'ß', '漢', 'ع', '🚀', '-', '"') });
  fc.assert(fc.property(letters, (text) => visibleText(text) === text && plainLine(text) === text));
});
