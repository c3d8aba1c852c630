/**
 * Writes clients/report/land-path.ts: the outline of the land masses as one SVG path in the projection of
 * clients/report/project.ts. The path is committed, so these three packages are needed only to make it anew:
 *
 *   npm install --no-save d3-geo@3.1.2 topojson-client@3.1.0 world-atlas@2.0.2 && node scripts/build-land-path.mjs
 *
 * Source of the outline: Natural Earth 1:110m (public domain), as packaged by world-atlas 2.0.2.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';

const WIDTH = 1000;
const HEIGHT = 460;
const SCALE = 178;
const TRANSLATE = [485, 268];
const CHECKED_PLACES = [
  [-77.45, 38.95],
  [103.82, 1.35],
  [151.21, -33.87],
];

const require = createRequire(import.meta.url);
const atlas = JSON.parse(readFileSync(require.resolve('world-atlas/land-110m.json'), 'utf8'));
const land = feature(atlas, atlas.objects.land);
for (const part of land.features ?? [land]) {
  // Nobody deploys to Antarctica; it would take a fifth of the height.
  part.geometry.coordinates = part.geometry.coordinates.filter((polygon) => polygon[0].some(([, lat]) => lat > -58));
}

const projection = geoNaturalEarth1().scale(SCALE).translate(TRANSLATE);
const path = geoPath(projection).digits(1)(land);
const checks = CHECKED_PLACES.map(([lon, lat]) => ({
  lon,
  lat,
  x: projection([lon, lat])[0],
  y: projection([lon, lat])[1],
}));

writeFileSync(
  new URL('../clients/report/land-path.ts', import.meta.url),
  `// Made by scripts/build-land-path.mjs from Natural Earth 1:110m; do not edit.
export const MAP_WIDTH = ${WIDTH};
export const MAP_HEIGHT = ${HEIGHT};
export const MAP_SCALE = ${SCALE};
export const MAP_TRANSLATE = { x: ${TRANSLATE[0]}, y: ${TRANSLATE[1]} };
/** Where the projection that drew the path puts three places: project.ts must agree. */
export const PROJECTED_PLACES = [
${checks.map((c) => `  { lon: ${c.lon}, lat: ${c.lat}, x: ${c.x.toFixed(3)}, y: ${c.y.toFixed(3)} },`).join('\n')}
];
export const LAND_PATH =
  '${path}';
`,
);
