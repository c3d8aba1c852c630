import type { Answer } from './answer';
import type { Variant } from './settings';

/** Long enough to become healthy, short enough to fall ill while a new region is being watched. */
const SICK_AFTER_MS = 8_000;

/** 200 while the process works, whatever its databases do; the sick variants say 503. */
export function liveness(variant: Variant, upMs: number): Answer {
  const sick = variant === 'never-healthy' || (variant === 'sick-after-8s' && upMs >= SICK_AFTER_MS);
  return sick ? { status: 503, body: { live: false, variant } } : { status: 200, body: { live: true } };
}
