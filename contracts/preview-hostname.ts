/**
 * The hostname under which a deployment is tested while it is dark. It is a neighbour of the production hostname
 * (`orders.example.com` → `preview-orders.example.com`), so that one wildcard certificate covers both.
 */
export function previewHostname(hostname: string): string {
  return `preview-${hostname}`;
}
