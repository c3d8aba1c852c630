import type { Continent } from './regions';

/** Where users are, as requests say it in `users[].area`, with the continents the area covers. */
export const AREA_CONTINENTS = {
  worldwide: ['north-america', 'south-america', 'europe', 'africa', 'asia', 'oceania'],
  'north-america': ['north-america'],
  'south-america': ['south-america'],
  europe: ['europe'],
  'european-union': ['europe'],
  'middle-east': ['asia'],
  'central-asia': ['asia'],
  africa: ['africa'],
  'south-asia': ['asia'],
  'south-east-asia': ['asia'],
  'east-asia': ['asia'],
  oceania: ['oceania'],
} as const satisfies Record<string, readonly Continent[]>;

export type UserArea = keyof typeof AREA_CONTINENTS;

export const USER_AREAS = Object.keys(AREA_CONTINENTS) as readonly UserArea[];

export function isUserArea(area: string): area is UserArea {
  return Object.hasOwn(AREA_CONTINENTS, area);
}
