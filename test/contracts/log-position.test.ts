import { isLogPosition, positionBytes } from '../../contracts/log-position';

test('log positions are numbers of 64 bits', () => {
  expect(positionBytes('0/0')).toBe(0n);
  expect(positionBytes('1/0') - positionBytes('0/ffffffff')).toBe(1n);
  expect(positionBytes('FFFFFFFF/FFFFFFFF')).toBe(2n ** 64n - 1n);
});

test.each(['', '0', '0/', '/0', 'g/0', '0/123456789', '0/0 ', '0x1/0'])('"%s" is none', (text) => {
  expect(isLogPosition(text)).toBe(false);
  expect(() => positionBytes(text)).toThrow(`"${text}" is no log position; valid is one like 16/B374D848`);
});
