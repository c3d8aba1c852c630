import type { DeploymentRequest } from '../../contracts/request';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import { PlatformError } from '../../platforms/platform-error';
import { fakeRequest } from '../support/fake-deployments';
import type { RunOutcome } from './stack-invariants';

/** What a deployment is about to do when a call of it goes wrong. */
export interface Scenario {
  name: string;
  /** what is live before; absent for a first deployment */
  live?: (application: string) => DeploymentRequest;
  request: (application: string) => DeploymentRequest;
  /** breaks the deployment, so that what is looked at is the way back */
  breaks?: (cloud: FakeCloud) => void;
  /** how it ends without any other fault */
  ends: RunOutcome;
  /** only calls that this scenario does not make are looked at: the others were looked at there */
  goesOnFrom?: Scenario;
}

/** Two regions, a database and its replica: every kind of call in the shortest run. */
const twoRegions = (application: string) => requestFor(application, ['us-east-1', 'eu-west-1']);

const threeRegions = (application: string) => requestFor(application, ['us-east-1', 'eu-west-1', 'ap-southeast-1']);

/** Another image: every region is changed. */
function otherImage(request: DeploymentRequest): DeploymentRequest {
  return { ...request, services: request.services.map((one) => ({ ...one, image: 'meridian/sample-orders:1.1' })) };
}

/** Replication is never proven: late enough that everything is there to be undone. */
function neverReplicates(cloud: FakeCloud): void {
  cloud.script.push({ call: 'writeAndRead', times: 999, error: new PlatformError('Platform.Refused', 'planted') });
}

const first: Scenario = { name: 'first deployment', request: twoRegions, ends: 'complete' };

const change: Scenario = {
  name: 'change',
  live: twoRegions,
  request: (application) => otherImage(twoRegions(application)),
  ends: 'complete',
};

export const SCENARIOS: readonly Scenario[] = [
  first,
  {
    name: 'first deployment that is undone',
    request: (application) => {
      const request = twoRegions(application);
      return { ...request, rollout: { ...request.rollout, onFailure: 'rollback-all' } };
    },
    breaks: neverReplicates,
    ends: 'compensated',
    goesOnFrom: first,
  },
  change,
  { ...change, name: 'change that is undone', breaks: neverReplicates, ends: 'compensated', goesOnFrom: change },
  {
    name: 'change that adds a region',
    live: twoRegions,
    request: threeRegions,
    ends: 'complete',
    goesOnFrom: change,
  },
  {
    name: 'change that removes a region',
    live: threeRegions,
    // the one that may leave: eu-west-1 takes the writes, ap-southeast-1 holds the credentials that all regions share
    request: (application) => requestFor(application, ['eu-west-1', 'ap-southeast-1']),
    ends: 'complete',
    goesOnFrom: change,
  },
];

function requestFor(application: string, wanted: string[]): DeploymentRequest {
  return fakeRequest({
    application,
    hostname: `${application}.example.com`,
    regions: { ...fakeRequest().regions, wanted },
  });
}
