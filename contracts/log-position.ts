/** A position in a PostgreSQL log, `16/B374D848`. */
export const LOG_POSITION = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i;

export function isLogPosition(text: string | undefined): text is string {
  return text !== undefined && LOG_POSITION.test(text);
}

/**
 * A log position as a number that can be compared and subtracted, bytes.
 * @throws RangeError naming the text that is no position
 */
export function positionBytes(position: string): bigint {
  const [, high, low] = LOG_POSITION.exec(position) ?? [];
  if (!high || !low) throw new RangeError(`"${position}" is no log position; valid is one like 16/B374D848`);
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
