import type { FailureType } from '../../contracts/failure-types';
import { cutForeignText } from '../loop/estimate-tokens';
import type { FactsRung, TextPart } from '../loop/facts';
import { type PlaceNames, placeNames } from '../place-names';
import type { FailureCase } from './failure-case';
import { essence } from './provider-words';

/** How much one rung of the ladder tells, in tokens of the provider's words and of one event, and in rows. */
interface Rung {
  messageTokens: number;
  events: number;
  eventTokens: number;
  regions: number;
  undone: number;
}

/** Events and what was undone go first: the provider's words are what explains. The last rung always fits. */
const LADDER: readonly Rung[] = [
  { messageTokens: 600, events: 4, eventTokens: 50, regions: 8, undone: 4 },
  { messageTokens: 400, events: 2, eventTokens: 30, regions: 6, undone: 2 },
  { messageTokens: 300, events: 1, eventTokens: 30, regions: 4, undone: 1 },
  { messageTokens: 260, events: 1, eventTokens: 20, regions: 3, undone: 0 },
  { messageTokens: 240, events: 0, eventTokens: 0, regions: 3, undone: 0 },
  { messageTokens: 220, events: 0, eventTokens: 0, regions: 2, undone: 0 },
  { messageTokens: 200, events: 0, eventTokens: 0, regions: 0, undone: 0 },
  { messageTokens: 160, events: 0, eventTokens: 0, regions: 0, undone: 0 },
  { messageTokens: 100, events: 0, eventTokens: 0, regions: 0, undone: 0 },
];
/** Tokens of a resource's name and of one line about what was undone. */
const RESOURCE_TOKENS = 24;
const LINE_TOKENS = 48;

/** The facts of a failure, fullest rung first. */
export function failureFacts(input: FailureCase): FactsRung[] {
  const { failure, regions } = input;
  const names = placeNames([...regions.map(({ region }) => region), ...(failure.region ? [failure.region] : [])]);
  const words = essence(failure.message);
  return LADDER.map((rung) => ({
    rung: `${Math.min(rung.events, input.events.length)} of ${input.events.length} events`,
    parts: [
      { own: `<data>\nstep ${failure.step} failed${failure.region ? ` in ${names.nameOf(failure.region)}` : ''}` },
      ...(failure.resource && !words.includes(failure.resource)
        ? [{ own: ' on ' }, foreign(failure.resource, RESOURCE_TOKENS)]
        : []),
      { own: `: ${typeWords(failure.type)}\nprovider: ` },
      foreign(words, rung.messageTokens),
      { own: '\n' },
      ...lines('events', input.events.slice(-rung.events || input.events.length), rung.eventTokens, rung.events),
      ...lines('undone', input.undone, LINE_TOKENS, rung.undone),
      ...lines('still there', input.leftovers, LINE_TOKENS, rung.undone),
      { own: `${deploymentLine(input, rung, names)}</data>` },
    ],
  }));
}

/** `Platform.StackFailed` → `platform stack failed` */
function typeWords(type: FailureType | string): string {
  return type
    .slice(0, 40)
    .replace(/([a-z])\.?([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function foreign(text: string, tokens: number): TextPart {
  return { foreign: cutForeignText(text, tokens) };
}

function lines(title: string, texts: readonly string[], tokens: number, most: number): TextPart[] {
  if (texts.length === 0 || most === 0) return [];
  const more = texts.length > most ? `; ${texts.length - most} more` : '';
  return [
    { own: `${title}: ` },
    ...texts.slice(0, most).flatMap((text, index) => [...(index > 0 ? [{ own: '; ' }] : []), foreign(text, tokens)]),
    { own: `${more}\n` },
  ];
}

function deploymentLine({ isChange, mode, regions }: FailureCase, rung: Rung, names: PlaceNames): string {
  const shown = regions.slice(0, rung.regions).map(({ region, role }) => `${role} ${names.nameOf(region)}`);
  const more = regions.length > shown.length ? [`${regions.length - shown.length} more regions`] : [];
  const what = isChange ? 'a change to what is live' : 'first deployment';
  return `${what}${mode ? `, ${mode}` : ''}: ${[...shown, ...more].join(', ') || 'no regions yet'}\n`;
}
