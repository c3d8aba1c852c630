import type { DataStoreRequest } from '../../contracts/request';
import type { StoreQuestion } from '../../policies/replication-options';
import { cutForeignText } from '../loop/estimate-tokens';
import type { FactsRung, TextPart } from '../loop/facts';
import { noteParts } from '../note';
import { placeNames } from '../place-names';
import type { ReplicationInput } from './replication-choice';
import { replicationWays, type Way, type Ways } from './replication-ways';
import { type StoreNames, storeNames } from './store-names';

/** How much one rung tells: places of copies, tokens of the note, words of what blocks an option. */
interface Rung {
  places: number;
  noteTokens: number;
  blocked: boolean;
}

/** Every store is in every rung: each must be picked. What is shortened are places, blocked options and the note. */
const LADDER: readonly Rung[] = [
  { places: 30, noteTokens: 900, blocked: true },
  { places: 12, noteTokens: 600, blocked: true },
  { places: 8, noteTokens: 400, blocked: true },
  { places: 6, noteTokens: 250, blocked: false },
  { places: 4, noteTokens: 120, blocked: false },
  { places: 0, noteTokens: 50, blocked: false },
];
const NAME_TOKENS = 20;

/** The facts of the replication question, fullest rung first. */
export function replicationFacts(input: ReplicationInput): FactsRung[] {
  const names = storeNames(input);
  const ways = replicationWays(input.questions);
  return LADDER.map((rung) => ({
    rung: rungWords(rung, input),
    parts: [
      { own: `<data>\n${headLines(input, rung)}` },
      ...residencyParts(input),
      ...noteParts(input.request, rung.noteTokens),
      { own: `\n${optionLines(input, ways, rung)}store engine need conflicts-by data alarm least most ms; options\n` },
      ...input.questions.flatMap((question) => storeParts(question, input, { names, ways }, rung)),
      { own: '</data>' },
    ],
  }));
}

function rungWords({ places, blocked }: Rung, { topology, questions }: ReplicationInput): string {
  const copies = topology.regions.length - 1;
  const options = blocked ? 'all options' : 'options that may be taken';
  return `${questions.length} of ${questions.length} stores, ${options}, ${Math.min(places, copies)} of ${copies} places`;
}

function headLines({ topology, request }: ReplicationInput, { places }: Rung): string {
  const names = placeNames(topology.regions.map(({ region }) => region));
  const others = topology.regions.filter(({ region }) => region !== topology.primary);
  const shown = others.slice(0, places).map(({ region, role }) => `${role} ${names.nameOf(region)}`);
  const more =
    others.length > shown.length ? `${shown.length > 0 ? ', ' : ''}${others.length - shown.length} more` : '';
  const { recovery, latency } = request;
  return [
    `topology ${topology.mode}, primary ${names.nameOf(topology.primary)}, ${shown.join(', ')}${more}`,
    `rpo ${recovery.rpoSeconds} s, rto ${recovery.rtoSeconds} s, sla ${latency.underMs} ms of a ${latency.of}\n`,
  ].join('\n');
}

function residencyParts({ request: { compliance } }: ReplicationInput): TextPart[] {
  if (compliance.residency.length === 0) return [];
  const words = compliance.residency.flatMap((one): TextPart[] => [
    { foreign: cutForeignText(one, NAME_TOKENS) },
    { own: ' ' },
  ]);
  return [{ own: 'residency ' }, ...words.slice(0, 8), { own: '\n' }];
}

/** Every way once, by number: stores have most of them in common. */
function optionLines({ questions }: ReplicationInput, ways: Ways, { blocked }: Rung): string {
  const told = ways.all.filter((mode) => blocked || questions.some((question) => isOpen(question, ways, mode)));
  return `options ${told.map((mode) => `${ways.numberOf(mode)} ${wayWords(mode)}`).join('; ')}\n`;
}

function isOpen(question: StoreQuestion, ways: Ways, mode: Way): boolean {
  const option = ways.optionOf(question, ways.numberOf(mode));
  return option !== undefined && !option.blocked;
}

function storeParts(
  { store, options, lag }: StoreQuestion,
  { request }: ReplicationInput,
  { names, ways }: { names: StoreNames; ways: Ways },
  { blocked }: Rung,
): TextPart[] {
  const asked = request.dataStores.find(({ name }) => name === store);
  const told = options.filter((option) => blocked || !option.blocked);
  const list = told.map((option) => ` ${ways.numberOf(option.mode)}${option.blocked ? `!${option.blocked}` : ''}`);
  const alarm = `${lag.ms} ${lag.least} ${lag.most}`;
  return [{ foreign: names.nameOf(store) }, { own: ` ${asked ? needWords(asked) : ''} ${alarm};${list.join('')}\n` }];
}

function needWords({ engine, consistency, conflicts, personalData }: DataStoreRequest): string {
  return `${engine} ${consistency} ${conflicts} ${personalData ? 'personal' : 'plain'}`;
}

function wayWords(mode: Way): string {
  return mode.kind === 'synchronous'
    ? `sync ${mode.quorum} ${mode.whenDegraded} pen ${Math.round(mode.writePenaltyMs)} ms`
    : `async loss ${mode.boundedRpoSeconds} s`;
}
