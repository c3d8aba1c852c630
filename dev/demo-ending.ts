import type { LocalState } from './local-state';

const STOP_COMMAND = 'npm run meridian -- dev --stop';

/** What is left after a demonstration that stopped what it had started. */
export function stoppedText(temporal: 'started here' | 'was there'): string {
  if (temporal === 'was there')
    return 'lab and worker were stopped; the Temporal server was there before and goes on (--keep leaves everything up)\n';
  return 'everything was stopped, so the Web UI link leads nowhere now (--keep leaves everything up)\n';
}

/** What is up after a demonstration with --keep, how to reach the application and how to stop it all. */
export function keptText(
  { uiUrl, temporalAddress }: Pick<LocalState, 'uiUrl' | 'temporalAddress'>,
  application: { hostname: string; edgePort: number } | undefined,
): string {
  const rows: Array<[string, string | undefined]> = [
    ['web ui', uiUrl],
    ['temporal', temporalAddress],
    ['application', application && curlCommand(application)],
    ['status', 'npm run meridian -- status'],
    ['stop it', STOP_COMMAND],
  ];
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(12)} ${value}\n`]));
  return `left running:\n${lines.join('')}`;
}

/** The name exists in the lab alone and its certificate is the lab's own: curl is told where it is, and not to ask. */
function curlCommand({ hostname, edgePort }: { hostname: string; edgePort: number }): string {
  return `curl -k --connect-to ${hostname}:443:127.0.0.1:${edgePort} https://${hostname}/`;
}
