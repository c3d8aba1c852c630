// Sandbox-safe. The workflow types of Meridian; every export here is one, under its own name.
export { deployMultiRegion } from './deploy-multi-region';
export { deployRegion } from './deploy-region';
export { deployment } from './deployment';
export { detectDrift } from './detect-drift';
export { planDeployment } from './plan-deployment';
export { readRequest } from './read-request';
export { retireDeployment } from './retire-deployment';
export { sweepOrphans } from './sweep-orphans';
