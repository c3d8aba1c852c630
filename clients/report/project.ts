import { MAP_SCALE, MAP_TRANSLATE } from './land-path';

const RADIANS = Math.PI / 180;

/**
 * Natural Earth projection (Šavrič et al. 2011; the polynomial form used by d3-geo), in the units of the map's view box.
 * Input in degrees.
 */
export function projectPlace({ lat, lon }: { lat: number; lon: number }): { x: number; y: number } {
  const lambda = lon * RADIANS;
  const phi = lat * RADIANS;
  const phi2 = phi * phi;
  const phi4 = phi2 * phi2;
  const x = lambda * (0.8707 - 0.131979 * phi2 + phi4 * (-0.013791 + phi4 * (0.003971 * phi2 - 0.001529 * phi4)));
  const y = phi * (1.007226 + phi2 * (0.015085 + phi4 * (-0.044475 + 0.028874 * phi2 - 0.005916 * phi4)));
  return { x: MAP_TRANSLATE.x + MAP_SCALE * x, y: MAP_TRANSLATE.y - MAP_SCALE * y };
}
