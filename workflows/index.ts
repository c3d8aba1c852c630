// Sandbox-safe. The workflow types of Meridian; every export here is one, under its own name.
export { deployMultiRegion } from './deploy-multi-region';
export { deployRegion } from './deploy-region';
export { deployment } from './deployment';
export { planDeployment } from './plan-deployment';
export { retireDeployment } from './retire-deployment';
