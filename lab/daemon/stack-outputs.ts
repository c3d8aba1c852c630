import type { StackRef } from '../../contracts/stack';
import type { Deployment } from './lab-state';

interface Output {
  Value?: unknown;
}

/**
 * A value for every output that a template declares. Addresses (`…Dns`, `…Endpoint`) are real ones of the lab,
 * `127.0.0.1:<port>`: the load balancer of a base stack, the database of a data stack. Everything else is an id that
 * says whose it is: `lab-<region>-<logical id>`.
 */
export function stackOutputs(template: string, deployment: Deployment, ref: StackRef): Record<string, string> {
  const { Outputs } = JSON.parse(template) as { Outputs?: Record<string, Output> };
  return Object.fromEntries(
    Object.entries(Outputs ?? {}).map(([name, output]) => {
      const port = /(dns|endpoint)/i.test(name) ? portOf(name, deployment, ref) : undefined;
      return [name, port ? `127.0.0.1:${port}` : `lab-${ref.region}-${logicalId(output.Value) ?? name}`];
    }),
  );
}

function portOf(output: string, deployment: Deployment, { region, kind }: StackRef): number | undefined {
  const site = deployment.sites.get(region);
  if (kind !== 'data') return kind === 'base' ? site?.loadBalancerPort : undefined;
  const stores = [...(site?.databases.keys() ?? [])];
  const store = stores.find((name) => letters(output).includes(letters(name))) ?? stores[0];
  // through its keeper's gate: nobody is told the port of the database itself
  return store === undefined ? undefined : site?.storePorts.get(store)?.read;
}

function logicalId(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('Ref' in value && typeof value.Ref === 'string') return value.Ref;
  if (!('Fn::GetAtt' in value)) return undefined;
  const attribute = value['Fn::GetAtt'];
  return Array.isArray(attribute) ? String(attribute[0]) : String(attribute).split('.')[0];
}

function letters(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
