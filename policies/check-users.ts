import { isUserArea, USER_AREAS } from '../catalog/areas';
import type { DeploymentRequest, RequestProblem } from '../contracts/request';
import { closestNames } from './closest-names';

/** Shares are percentages that people round; half a percent may be missing or too much. */
const SHARE_TOLERANCE = 0.5;

function didYouMean(typed: string, known: readonly string[]): string {
  const [closest] = closestNames(typed, known, 1);
  return closest ? `did you mean "${closest}"? ` : '';
}

/** Where users are: known areas, each once, their shares summing to 100. */
export function checkUsers({ users }: DeploymentRequest): RequestProblem[] {
  const problems: RequestProblem[] = users.flatMap(({ area }, index) => {
    const field = `users[${index}].area`;
    if (!isUserArea(area)) {
      return [
        { field, received: `"${area}"`, valid: `${didYouMean(area, USER_AREAS)}one of ${USER_AREAS.join(', ')}` },
      ];
    }
    const first = users.findIndex((other) => other.area === area);
    return first < index ? [{ field, received: `"${area}", as in users[${first}]`, valid: 'each area once' }] : [];
  });
  const sum = users.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 100) > SHARE_TOLERANCE) {
    const shares = users.map(({ share }) => share).join(' + ');
    problems.push({
      field: 'users',
      received: `shares ${shares}${users.length > 1 ? ` = ${Number(sum.toFixed(2))}` : ''}`,
      valid: 'shares that sum to 100 percent',
    });
  }
  return problems;
}
