import { isDeepStrictEqual } from 'node:util';
import type { ResourceChange, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';

/** Properties in which resource types keep their tags; those of tables are in every replica. */
const TAG_PROPERTY = /^(\/Properties\/)?(Replicas\/\d+\/)?(Tags|HealthCheckTags|HostedZoneTags)(\/|$)/;

/** What the tags begin with that Meridian puts on stacks, and every resource inherits. */
const OWN_TAG = 'meridian:';

/**
 * The changes of a change set without those that only set tags. The tag of a new generation marks every resource that
 * can have tags as modified, and whatever reads an attribute of one (`KmsKeyId: !GetAtt DatabaseKey.Arn`) as well:
 * CloudFormation cannot tell beforehand that the attribute stays, evaluates the reference as `Dynamic`, and calls a
 * property that demands it a conditional replacement. Neither the name nor an attribute of a resource depends on its
 * tags: as long as nothing else of it changes and it is not replaced, what refers to it does not change either.
 * A tag whose change replaces the resource is a change like any other.
 * Source: CloudFormation API reference, ResourceChange and ResourceChangeDetail.
 */
export function withoutTagChanges(changes: ResourceChange[]): ResourceChange[] {
  const still = new Set<string>();
  const rest = ({ Details = [] }: ResourceChange) =>
    Details.filter((detail) => !setsTags(detail) && !onlyRefersTo(still, detail));
  for (let before = -1; before !== still.size; ) {
    before = still.size;
    for (const change of changes) {
      if (isInPlace(change) && rest(change).length === 0 && setsTagsOnly(change)) still.add(idOf(change));
    }
  }
  return changes
    .filter((change) => !still.has(idOf(change)))
    .map((change) => (isInPlace(change) ? withDetails(change, rest(change)) : change));
}

function isInPlace({ Action, Replacement }: ResourceChange): boolean {
  return Action === 'Modify' && Replacement !== 'True';
}

/** Asked of a change whose details, if it has any, are about tags: without details its contexts must say so. */
function setsTagsOnly({ Details = [], BeforeContext, AfterContext }: ResourceChange): boolean {
  return Details.length > 0 || differInOwnTags(BeforeContext, AfterContext);
}

function setsTags({ Target = {} }: ResourceChangeDetail): boolean {
  const { Attribute, Name, Path, BeforeValue, AfterValue, RequiresRecreation = 'Never' } = Target;
  if (RequiresRecreation !== 'Never') return false;
  if (Attribute === 'Tags') return true;
  return TAG_PROPERTY.test(Path ?? Name ?? '') || differInOwnTags(BeforeValue, AfterValue);
}

/** A `Ref` or `Fn::GetAtt` of a resource that stays as it is; a change of the template itself has no causing entity. */
function onlyRefersTo(still: ReadonlySet<string>, { Evaluation, CausingEntity }: ResourceChangeDetail): boolean {
  const [resource = ''] = (CausingEntity ?? '').split('.');
  return Evaluation === 'Dynamic' && still.has(resource);
}

/** The replacement that is left when some of the details are. */
function withDetails(change: ResourceChange, details: ResourceChangeDetail[]): ResourceChange {
  if (details.length === (change.Details ?? []).length) return change;
  const mayReplace = details.some(({ Target }) => (Target?.RequiresRecreation ?? 'Never') !== 'Never');
  return { ...change, Details: details, Replacement: mayReplace ? change.Replacement : 'False' };
}

/** Both texts are JSON and the same but for Meridian's tags. Values that CloudFormation has cut are not: not known. */
function differInOwnTags(before: string | undefined, after: string | undefined): boolean {
  if (![before, after].some((text) => text?.includes(`"${OWN_TAG}`))) return false;
  try {
    return isDeepStrictEqual(withoutOwnTags(before), withoutOwnTags(after));
  } catch {
    return false;
  }
}

function withoutOwnTags(text = 'null'): unknown {
  return JSON.parse(text, (key, value) => {
    if (key.startsWith(OWN_TAG) || String(value?.Key ?? '').startsWith(OWN_TAG)) return undefined;
    return Array.isArray(value) ? value.filter((item) => item !== undefined) : value;
  });
}

function idOf({ LogicalResourceId }: ResourceChange): string {
  return LogicalResourceId ?? '';
}
