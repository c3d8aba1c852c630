import { PlatformError } from '../platform-error';
import { TAG_RESTORED, TAG_SUCCESSOR, tagOf } from './aws-data-fence-state';
import { sourceOf } from './aws-data-instances';
import { type DatabaseSession, tagInstance, untagInstance } from './aws-data-session';

/** Also what RDS answers to a request that is repeated after the first answer was lost. */
const MAYBE_UNDER_WAY = /InvalidDBInstanceState/;

/**
 * Asks RDS for a new primary of the store, in the place of this instance or beside it. That it was asked is written down
 * first and stays, unless RDS has certainly refused: whoever wants the old primary to take writes again looks here.
 */
export async function asSuccessor<R>(
  session: DatabaseSession,
  { tag, epoch }: { tag: typeof TAG_SUCCESSOR | typeof TAG_RESTORED; epoch: number },
  ask: () => Promise<R>,
): Promise<R> {
  const asked = tagOf(session.instance, tag);
  await tagInstance(session, { [tag]: String(epoch) });
  try {
    return await ask();
  } catch (error) {
    const isRefusal = error instanceof PlatformError && error.type === 'Platform.Refused';
    if (isRefusal && asked === undefined && !MAYBE_UNDER_WAY.test(error.message)) await untagInstance(session, [tag]);
    throw error;
  }
}

/** Why a primary must not take writes again, given all databases of its store; undefined when nobody took its place. */
export function whyReplaced(
  primary: DatabaseSession,
  databases: readonly DatabaseSession[],
  epoch: number,
): string | undefined {
  for (const { id, place, instance } of databases) {
    const isOther = place.region !== primary.place.region;
    const asked = tagOf(instance, TAG_SUCCESSOR);
    if (isOther && !sourceOf(instance)) return `${id} in ${place.region} is a primary`;
    if (asked !== undefined && (isOther || Number(asked) >= epoch))
      return `RDS was asked for a new primary in ${place.region} in epoch ${asked}, and may still make it`;
    const restored = tagOf(instance, TAG_RESTORED);
    if (restored !== undefined)
      return `RDS was asked for a new primary beside ${id} in ${place.region} in epoch ${restored}, which may take writes; once it does not, remove the tag ${TAG_RESTORED} from ${id}`;
  }
  return undefined;
}
