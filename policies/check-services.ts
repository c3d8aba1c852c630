import type { DeploymentRequest, RequestProblem, ServiceRequest } from '../contracts/request';
import { reservedVariables } from '../contracts/template-words';
import { closestNames } from './closest-names';

/** Memory that Fargate offers for each CPU size, MB (AWS task size table). */
const FARGATE_MEMORY_MB: Record<ServiceRequest['cpu'], [least: number, most: number]> = {
  256: [512, 2_048],
  512: [1_024, 4_096],
  1024: [2_048, 8_192],
  2048: [4_096, 16_384],
  4096: [8_192, 30_720],
};

/** Names that appear twice in a list, each reported where it is repeated. */
export function duplicateNames(list: string, entries: ReadonlyArray<{ name: string }>): RequestProblem[] {
  return entries.flatMap(({ name }, index) => {
    const first = entries.findIndex((other) => other.name === name);
    return first < index
      ? [
          {
            field: `${list}[${index}].name`,
            received: `"${name}", as in ${list}[${first}]`,
            valid: 'a name of its own',
          },
        ]
      : [];
  });
}

function unknownStores(service: ServiceRequest, at: string, { dataStores }: DeploymentRequest): RequestProblem[] {
  const stores = dataStores.map(({ name }) => name);
  return service.uses.flatMap((store, index) => {
    if (stores.includes(store)) return [];
    const [closest] = closestNames(store, stores, 1);
    const valid =
      stores.length > 0 ? `one of dataStores: ${stores.join(', ')}` : 'a name from dataStores, which is empty';
    return [
      {
        field: `${at}.uses[${index}]`,
        received: `"${store}"`,
        valid: `${closest ? `did you mean "${closest}"? ` : ''}${valid}`,
      },
    ];
  });
}

function sizeProblems({ cpu, memoryMb }: ServiceRequest, at: string): RequestProblem[] {
  const [least, most] = FARGATE_MEMORY_MB[cpu];
  return memoryMb >= least && memoryMb <= most
    ? []
    : [{ field: `${at}.memoryMb`, received: String(memoryMb), valid: `from ${least} to ${most} with cpu ${cpu}` }];
}

/** Seed 003: a health check that is slower than the tier it serves is refused. Noticing alone may not use up the RTO. */
function healthProblems({ health }: ServiceRequest, at: string, { recovery }: DeploymentRequest): RequestProblem[] {
  const noticedSeconds = health.intervalSeconds * health.unhealthyAfter;
  if (noticedSeconds < recovery.rtoSeconds) return [];
  return [
    {
      field: `${at}.health`,
      received: `every ${health.intervalSeconds} s, unhealthy after ${health.unhealthyAfter}: noticed after ${noticedSeconds} s`,
      valid: `intervalSeconds times unhealthyAfter below the rto of ${recovery.rtoSeconds} s`,
    },
  ];
}

/** Variables that Meridian sets itself would be overwritten without a word. */
function variableProblems(service: ServiceRequest, at: string): RequestProblem[] {
  const reserved = reservedVariables(service.uses);
  const named = [
    ...Object.keys(service.environment).map((name) => ({ field: `${at}.environment.${name}`, name })),
    ...service.secrets.map(({ name }, index) => ({ field: `${at}.secrets[${index}].name`, name })),
  ];
  return named
    .filter(({ name }) => reserved.has(name))
    .map(({ field, name }) => ({
      field,
      received: `${name}, which Meridian sets itself`,
      valid: `any name but ${[...reserved].join(', ')}`,
    }));
}

/** Services: names of their own, stores that exist, sizes that can be had, one of them public. */
export function checkServices(request: DeploymentRequest): RequestProblem[] {
  const { services } = request;
  const problems = services.flatMap((service, index) => {
    const at = `services[${index}]`;
    return [
      ...unknownStores(service, at, request),
      ...sizeProblems(service, at),
      ...variableProblems(service, at),
      ...healthProblems(service, at, request),
    ];
  });
  if (!services.some((service) => service.public)) {
    problems.push({
      field: 'services',
      received: 'no service with public: true',
      valid: 'at least one that the hostname leads to',
    });
  }
  return [...duplicateNames('services', services), ...problems];
}
