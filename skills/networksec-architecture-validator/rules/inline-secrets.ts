import type { Finding } from '../../../contracts/finding';
import { entries, isRecord } from '../rendered-resources';
import type { RenderedResource, SecurityRule } from '../schema';

/** Names of variables whose value is a secret. `KEY` alone is too common (partition keys, map keys). */
const SECRET_NAME = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)$/;

/** Values that are secrets whatever they are called. */
const SECRET_VALUES: Array<{ what: string; pattern: RegExp }> = [
  { what: 'an AWS access key', pattern: /\b(AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { what: 'a URL with a password', pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"]+:[^\s/@"]+@/i },
  { what: 'a GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36,}\b/ },
];

/** Secrets are references; a value in a template is readable to everyone who may read the stack. The value is not repeated. */
export const inlineSecrets: SecurityRule = ({ resources }) =>
  resources.flatMap((resource) => [
    ...passwordProperty(resource),
    ...secretVariables(resource),
    ...secretValues(resource),
  ]);

function passwordProperty(resource: RenderedResource): Finding[] {
  const value = resource.properties.MasterUserPassword;
  if (value === undefined || isRecord(value) || String(value).startsWith('{{resolve:')) return [];
  return [
    finding(resource, 'the master password stands in the template', 'refer to a secret: {{resolve:secretsmanager:…}}'),
  ];
}

function secretVariables(resource: RenderedResource): Finding[] {
  return entries(resource.properties.ContainerDefinitions)
    .flatMap((container) => entries(container.Environment))
    .filter(({ Name, Value }) => SECRET_NAME.test(String(Name)) && typeof Value === 'string' && Value !== '')
    .map(({ Name }) =>
      finding(resource, `variable ${String(Name)} holds its value in the template`, 'move it to secrets'),
    );
}

function secretValues(resource: RenderedResource): Finding[] {
  const text = JSON.stringify(resource.properties);
  return SECRET_VALUES.filter(({ pattern }) => pattern.test(text)).map(({ what }) =>
    finding(resource, `${what} stands in the template`, 'move it to secrets, and replace it: it has been seen'),
  );
}

function finding(resource: RenderedResource, message: string, fix: string): Finding {
  return { rule: 'inline-secrets', severity: 'high', where: resource.where, message, fix };
}
