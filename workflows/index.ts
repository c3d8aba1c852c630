// Sandbox-safe. The workflow types of Meridian; every export here is one, under its own name.
export { backUpData } from './back-up-data';
export { deployMultiRegion } from './deploy-multi-region';
export { deployRegion } from './deploy-region';
export { deployment } from './deployment';
export { detectDrift } from './detect-drift';
export { drainRegion, returnRegion } from './operations/drain-region';
export { listFailovers } from './operations/list-failovers';
export { promoteRegion } from './operations/promote-region';
export { recordFailOver } from './operations/record-fail-over';
export { recoverFromDisaster } from './operations/recover-from-disaster';
export { rejoinRegion } from './operations/rejoin-region';
export { switchOver } from './operations/switch-over';
export { planDeployment } from './plan-deployment';
export { readRequest } from './read-request';
export { retireDeployment } from './retire-deployment';
export { sweepOrphans } from './sweep-orphans';
export { watchRegions } from './watch-regions';
