import { positionBytes } from '../../contracts/log-position';
import { WAL_SEGMENT_MB } from '../postgres/provision';

export const SEGMENT_BYTES = WAL_SEGMENT_MB * 1024 * 1024;
const SEGMENTS_PER_FILE = 0x1_0000_0000 / SEGMENT_BYTES;

/** One file of the log: which part of it (`number`, counted from 0 on) in which history (`timeline`). */
export interface Segment {
  timeline: number;
  number: number;
}

/** Reads the name of a segment, for example `000000010000000000000003`; undefined for any other file. */
export function segmentOf(name: string): Segment | undefined {
  const match = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name);
  if (!match) return undefined;
  const [timeline, high, low] = match.slice(1).map((part) => Number.parseInt(part, 16)) as [number, number, number];
  return { timeline, number: high * SEGMENTS_PER_FILE + low };
}

export function segmentName({ timeline, number }: Segment): string {
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0');
  return `${hex(timeline)}${hex(Math.floor(number / SEGMENTS_PER_FILE))}${hex(number % SEGMENTS_PER_FILE)}`;
}

/** The part of the log that a position (`0/3000148`) lies in. */
export function segmentNumberAt(position: string): number {
  return Number(positionBytes(position) / BigInt(SEGMENT_BYTES));
}

/** The position at which a part of the log ends. */
export function endOfSegment(number: number): string {
  const end = BigInt(number + 1) * BigInt(SEGMENT_BYTES);
  return `${(end >> 32n).toString(16).toUpperCase()}/${(end & 0xffff_ffffn).toString(16).toUpperCase().padStart(8, '0')}`;
}

/**
 * Numbers that no segment in any history has, between `from` and the newest: what comes after such a hole cannot be
 * replayed over it. Histories share the log before they part, so one segment of any of them is enough for a number.
 */
export function holes(segments: readonly Segment[], from: number): number[] {
  const present = new Set(segments.map(({ number }) => number));
  const newest = Math.max(...present, from - 1);
  const missing: number[] = [];
  for (let number = from; number <= newest; number += 1) if (!present.has(number)) missing.push(number);
  return missing;
}
