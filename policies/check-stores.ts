import { capability, enginesOf, whyNot } from '../catalog/capabilities';
import { INSTANCE_CLASSES, instanceClassesIn, isPricedInstanceClass } from '../catalog/prices';
import type { DataStoreRequest, DeploymentRequest, RequestProblem } from '../contracts/request';
import { checkReplication } from './check-replication';
import { duplicateNames } from './check-services';
import { closestNames } from './closest-names';
import { multiWriterRefusal } from './conflict-strategy';
import { instanceClassIn } from './region-sizes';

function classProblem(field: string, instanceClass: string): RequestProblem[] {
  if (isPricedInstanceClass(instanceClass)) return [];
  const [closest] = closestNames(instanceClass, INSTANCE_CLASSES, 1);
  return [
    {
      field,
      received: `"${instanceClass}"`,
      valid: `${closest ? `did you mean "${closest}"? ` : ''}a class with a known price: ${INSTANCE_CLASSES.join(', ')}`,
    },
  ];
}

/** A region that was asked for by name and lacks the class that a database would get there. */
function missingClasses(request: DeploymentRequest): RequestProblem[] {
  const { regions, dataStores } = request;
  return regions.wanted.flatMap((region) => {
    const offered = instanceClassesIn(region);
    const asked = dataStores
      .filter(({ engine }) => engine === 'postgresql')
      .map((store) => instanceClassIn({ region }, store, request));
    const missing = asked.find((one) => isPricedInstanceClass(one) && !offered.includes(one));
    if (!missing) return [];
    const field = `regions.overrides.${region}.instanceClass`;
    return [{ field, received: `"${missing}", which ${region} does not have`, valid: `one of ${offered.join(', ')}` }];
  });
}

/** Seed 004 step 3: which strategies an engine allows, and what they allow readers to expect. */
function strategyProblems(store: DataStoreRequest, at: string, request: DeploymentRequest): RequestProblem[] {
  const field = `${at}.strategy`;
  const received = `"${store.strategy}"`;
  switch (store.strategy) {
    case 'active-passive':
      return [];
    case 'read-replicas':
      return store.consistency === 'strong'
        ? [
            {
              field: `${at}.consistency`,
              received: '"strong" with strategy read-replicas, whose reads may be behind',
              valid: 'eventual or causal, or strategy active-passive',
            },
          ]
        : [];
    case 'sharded':
      return [
        {
          field,
          received: `${received}: a deployment has one primary region, every shard would need its own`,
          valid: `active-passive or read-replicas; or a deployment for each shard, for example application ${request.application}-eu and ${request.application}-us, each with its own users, regions and standbys`,
        },
      ];
    case 'active-active': {
      const refusal = multiWriterRefusal(store, request);
      if (refusal) return [{ field, received: `${received}, but ${refusal}`, valid: whatCanBe(store, request) }];
      return store.consistency === 'strong'
        ? [
            {
              field: `${at}.consistency`,
              received: '"strong" with strategy active-active, whose regions see each other’s writes later',
              valid: 'eventual, or strategy active-passive',
            },
          ]
        : [];
    }
  }
}

function whatCanBe(store: DataStoreRequest, { platform }: DeploymentRequest): string {
  const others = 'active-passive or read-replicas';
  return capability(store.engine, platform)?.multiWriter
    ? `${others}, or conflicts: application or last-writer-wins`
    : others;
}

/** Data stores: engines the platform has, strategies the engine has, recovery points that replication can keep. */
export function checkStores(request: DeploymentRequest): RequestProblem[] {
  const problems = request.dataStores.flatMap((store, index) => {
    const at = `dataStores[${index}]`;
    if (!capability(store.engine, request.platform)) {
      const valid = `an engine that can be deployed on ${request.platform}: ${enginesOf(request.platform).join(', ')}`;
      const why = whyNot(store.engine, request.platform);
      return [{ field: `${at}.engine`, received: `"${store.engine}": ${why}`, valid }];
    }
    return [
      ...classProblem(`${at}.instanceClass`, store.instanceClass),
      ...strategyProblems(store, at, request),
      ...checkReplication(store, at, request),
    ];
  });
  const overrides = Object.entries(request.regions.overrides).flatMap(([region, { instanceClass }]) =>
    instanceClass === undefined ? [] : classProblem(`regions.overrides.${region}.instanceClass`, instanceClass),
  );
  return [...duplicateNames('dataStores', request.dataStores), ...problems, ...overrides, ...missingClasses(request)];
}
