import type { FaultPort } from '../platform';
import { PlatformError } from '../platform-error';

/** No faults are injected into AWS accounts; undoing one that was never injected is success. */
export function createAwsFaults(): FaultPort {
  return {
    async inject({ fault }) {
      throw new PlatformError(
        'Platform.Refused',
        `fault: "${fault.kind}" cannot be injected on aws: Meridian has no drills there; rehearse it with the same request on platform lab`,
      );
    },
    async undo() {},
  };
}
