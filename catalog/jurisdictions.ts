import { type Jurisdiction, REGION_IDS, regionFact } from './regions';

/** Words for people. The European Union is its 27 members: the United Kingdom is not in it, nor are its regions. */
export const JURISDICTION_NAMES: Record<Jurisdiction, string> = {
  us: 'United States',
  ca: 'Canada',
  mx: 'Mexico',
  br: 'Brazil',
  eu: 'European Union',
  uk: 'United Kingdom',
  ch: 'Switzerland',
  za: 'South Africa',
  bh: 'Bahrain',
  ae: 'United Arab Emirates',
  il: 'Israel',
  in: 'India',
  sg: 'Singapore',
  hk: 'Hong Kong',
  tw: 'Taiwan',
  jp: 'Japan',
  kr: 'South Korea',
  id: 'Indonesia',
  my: 'Malaysia',
  th: 'Thailand',
  au: 'Australia',
};

export const JURISDICTIONS = Object.keys(JURISDICTION_NAMES) as readonly Jurisdiction[];

export function isKnownJurisdiction(name: string): name is Jurisdiction {
  return Object.hasOwn(JURISDICTION_NAMES, name);
}

/** The regions that lie in a jurisdiction; every known jurisdiction has at least one. */
export function regionsIn(jurisdiction: string): string[] {
  return REGION_IDS.filter((region) => regionFact(region).jurisdiction === jurisdiction);
}

/** Whether data kept in a region stays inside one of the jurisdictions. */
export function isInside(region: string, jurisdictions: readonly string[]): boolean {
  return jurisdictions.includes(regionFact(region).jurisdiction);
}
