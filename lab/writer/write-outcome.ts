import type { WriteLogEntry } from '../../contracts/validation';

/**
 * What an answer to a numbered write proves. `refused` only where nobody can have stored it: the caller was wrong, the
 * service said "not now", or the edge never reached the region. A 500, 502 or 504 comes from someone who lost sight of it.
 */
export function writeOutcome(status: number, body: string): WriteLogEntry['outcome'] {
  if (status === 201) return 'acknowledged';
  if ((status >= 400 && status < 500) || status === 503) return 'refused';
  return status === 502 && notCarried(body) ? 'refused' : 'unknown';
}

/** The edge says so in its own 502 (lab/network/forward-request.ts). */
function notCarried(body: string): boolean {
  try {
    return (JSON.parse(body) as { carried?: unknown }).carried === false;
  } catch {
    return false;
  }
}
