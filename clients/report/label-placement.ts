interface Anchor {
  x: number;
  y: number;
  text: string;
}

export interface PlacedLabel extends Anchor {
  anchor: 'start' | 'middle' | 'end';
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const CHARACTER_WIDTH = 8;
const LINE_HEIGHT = 17;
const MARK_RADIUS = 13;

/** Puts each label right, left, above or below its mark: the first side where it covers no mark and no other label. */
export function placeLabels(anchors: Anchor[]): PlacedLabel[] {
  const taken: Box[] = anchors.map(({ x, y }) => around(x, y, MARK_RADIUS));
  return anchors.map((mark) => {
    const sides = sidesOf(mark);
    const free = sides.find((side) => !taken.some((box) => overlap(box, boxOf(side)))) ?? sides[0];
    if (!free) return { ...mark, anchor: 'middle' };
    taken.push(boxOf(free));
    return free;
  });
}

function sidesOf({ x, y, text }: Anchor): PlacedLabel[] {
  const gap = MARK_RADIUS + 4;
  return [
    { x: x + gap, y: y + 5, text, anchor: 'start' },
    { x: x - gap, y: y + 5, text, anchor: 'end' },
    { x, y: y - gap - 2, text, anchor: 'middle' },
    { x, y: y + gap + 12, text, anchor: 'middle' },
    { x: x + gap, y: y - gap, text, anchor: 'start' },
    { x: x + gap, y: y + gap + 10, text, anchor: 'start' },
    { x: x - gap, y: y - gap, text, anchor: 'end' },
    { x: x - gap, y: y + gap + 10, text, anchor: 'end' },
  ];
}

function boxOf({ x, y, text, anchor }: PlacedLabel): Box {
  const width = text.length * CHARACTER_WIDTH;
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { left, right: left + width, top: y - LINE_HEIGHT + 4, bottom: y + 4 };
}

function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
