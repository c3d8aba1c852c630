import type { Deployment } from './lab-state';

interface Output {
  Value?: unknown;
}

/**
 * A value for every output that a template declares. Addresses (`…Dns`, `…Endpoint`) are real ones of the lab,
 * `127.0.0.1:<port>`; everything else is an id that says whose it is: `lab-<region>-<logical id>`.
 */
export function stackOutputs(template: string, deployment: Deployment, region: string): Record<string, string> {
  const { Outputs } = JSON.parse(template) as { Outputs?: Record<string, Output> };
  return Object.fromEntries(
    Object.entries(Outputs ?? {}).map(([name, output]) => [name, outputValue(name, output, deployment, region)]),
  );
}

function outputValue(name: string, output: Output, deployment: Deployment, region: string): string {
  const site = deployment.sites.get(region);
  if (site && /(dns|endpoint)/i.test(name)) {
    const databases = [...site.databases.values()];
    const named = databases.find(({ store }) => letters(name).includes(letters(store)));
    const isDatabase = named ?? (/(data|db|endpoint)/i.test(name) ? databases[0] : undefined);
    return `127.0.0.1:${isDatabase?.port ?? site.loadBalancerPort}`;
  }
  return `lab-${region}-${logicalId(output.Value) ?? name}`;
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
