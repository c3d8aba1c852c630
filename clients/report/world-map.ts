import { locations } from '../../catalog/locations';
import { isKnownRegion, regionFact } from '../../catalog/regions';
import type { DeploymentReport } from '../../contracts/report';
import type { TopologyRegion } from '../../contracts/topology';
import { type Html, html } from './html';
import { placeLabels } from './label-placement';
import { LAND_PATH, MAP_HEIGHT, MAP_WIDTH } from './land-path';
import { projectPlace } from './project';

interface Point {
  x: number;
  y: number;
}

interface RegionPoint extends Point {
  region: TopologyRegion;
  number: number;
}

/** Regions by role, users flowing to the region that answered them, and the copies of the data. */
export function worldMap({ topology, latency, plan }: DeploymentReport): Html | undefined {
  const points = regionPoints(topology?.regions ?? []);
  if (points.length === 0) return undefined;
  const at = new Map(points.map((point) => [point.region.region, point]));
  const copies = (plan?.replication.stores ?? []).flatMap(({ primary, replicas }) =>
    replicas.map((replica) => ({ from: at.get(primary), to: at.get(replica) })),
  );
  const flows = latency.map((row) => ({
    from: locationPoint(row.location),
    to: at.get(row.servedBy),
    ok: row.withinSla || row.decides === false,
  }));
  return html`<svg class="map" viewBox="0 0 ${MAP_WIDTH} ${MAP_HEIGHT}" role="img" aria-label="world map of the regions">
<path class="land" d="${LAND_PATH}"/>
${flows.map(({ from, to, ok }) => from && to && html`<path class="flow${!ok && ' missed'}" d="${arc(from, to, 0.12)}"/>`)}
${copies.map(({ from, to }) => from && to && html`<path class="sync" d="${arc(from, to, 0.2)}"/>`)}
${flows.map(({ from, ok }) => from && html`<circle class="place${!ok && ' missed'}" cx="${fixed(from.x)}" cy="${fixed(from.y)}" r="4"/>`)}
${points.map(regionMark)}
${labels(points)}
</svg>${legend(points, flows.length > 0, copies.length > 0)}`;
}

function regionMark({ region, number, x, y }: RegionPoint): Html {
  return html`<circle class="region" style="fill:var(--${region.role})" cx="${fixed(x)}" cy="${fixed(y)}" r="11"/><text class="mark" x="${fixed(x)}" y="${fixed(y)}" dy="0.35em">${number}</text>`;
}

function labels(points: RegionPoint[]): Html[] {
  return placeLabels(points.map(({ x, y, region }) => ({ x, y, text: region.region }))).map(
    ({ x, y, anchor, text }) =>
      html`<text class="label" x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${text}</text>`,
  );
}

function legend(points: RegionPoint[], flows: boolean, copies: boolean): Html {
  const roles = [...new Set(points.map(({ region }) => region.role))];
  return html`<div class="legend">${roles.map(
    (role) => html`<span><i class="swatch" style="background:var(--${role})"></i>${role}</span>`,
  )}${flows && html`<span><i class="line" style="border-top-width:1px"></i>users, to the region that answered</span>`}${
    copies && html`<span><i class="line" style="border-top:2px dashed var(--primary)"></i>data replication</span>`
  }</div>`;
}

function regionPoints(regions: TopologyRegion[]): RegionPoint[] {
  return regions.flatMap((region, index) =>
    isKnownRegion(region.region) ? [{ region, number: index + 1, ...projectPlace(regionFact(region.region)) }] : [],
  );
}

function locationPoint(id: string): Point | undefined {
  const location = locations.find((candidate) => candidate.id === id);
  return location && projectPlace(location);
}

/** A curve that bends towards the pole, like a flight path, so that lines of near places stay apart. */
function arc(from: Point, to: Point, bend: number): string {
  const lift = Math.hypot(to.x - from.x, to.y - from.y) * bend;
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - lift };
  return `M${fixed(from.x)},${fixed(from.y)}Q${fixed(middle.x)},${fixed(middle.y)} ${fixed(to.x)},${fixed(to.y)}`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
