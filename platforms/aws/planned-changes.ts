import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import type { Change, ResourceChange, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import type { PlannedChange } from '../../contracts/stack';
import { withoutTagChanges } from './tag-changes';

const MAX_PROPERTIES = 20;

/**
 * The changes of a change set as lines of a plan, for what is planned and for what is about to be done alike. Tags reach
 * every resource with every deployment: a change of nothing else is no line. Where the cloud does not say which
 * properties change, the two templates do.
 */
export function plannedChanges(
  changes: Change[],
  templates: { before: string | undefined; after: string },
): PlannedChange[] {
  let fromTemplates: Map<string, PlannedChange> | undefined;
  const inTemplates = (resource: string) => {
    fromTemplates ??= new Map(changesBetween(templates.before, templates.after).map((line) => [line.resource, line]));
    return fromTemplates.get(resource);
  };
  const resources = changes.flatMap(({ ResourceChange: change }) => (change ? [change] : []));
  return withoutTagChanges(resources).map((change) => {
    const line = plannedChange(change);
    const detailed = change.Action === 'Modify' && (change.Details ?? []).length > 0;
    return change.Action !== 'Modify' || detailed ? line : (inTemplates(line.resource) ?? line);
  });
}

/** What lies between two templates, judged by the resource specification; parameters are not looked into. */
export function changesBetween(before: string | undefined, after: string): PlannedChange[] {
  const difference = fullDiff(before === undefined ? {} : JSON.parse(before), JSON.parse(after));
  const lines: PlannedChange[] = [];
  difference.resources.forEachDifference((resource, change) => {
    const type = change?.newResourceType ?? change?.oldResourceType ?? '';
    const properties = Object.keys({ ...change?.propertyUpdates, ...change?.otherChanges }).slice(0, MAX_PROPERTIES);
    switch (change?.changeImpact) {
      case ResourceImpact.WILL_CREATE:
      case ResourceImpact.WILL_IMPORT:
        return lines.push({ action: 'create', resource, type });
      case ResourceImpact.WILL_DESTROY:
      case ResourceImpact.WILL_ORPHAN:
        return lines.push({ action: 'delete', resource, type });
      case ResourceImpact.WILL_REPLACE:
        return lines.push({ action: 'replace', resource, type, properties });
      case ResourceImpact.MAY_REPLACE:
        return lines.push({ action: 'replace', resource, type, properties, possible: true });
      case ResourceImpact.WILL_UPDATE:
        return lines.push({ action: 'change', resource, type, properties });
    }
  });
  return lines;
}

function plannedChange(change: ResourceChange): PlannedChange {
  const line = { resource: change.LogicalResourceId ?? '', type: change.ResourceType ?? '' };
  const properties = [...new Set((change.Details ?? []).map(pathOf))].slice(0, MAX_PROPERTIES);
  switch (change.Action) {
    case 'Add':
    case 'Import':
      return { action: 'create', ...line };
    case 'Remove':
      return { action: 'delete', ...line };
    default:
      if (change.Replacement === 'True') return { action: 'replace', ...line, properties };
      if (change.Replacement === 'Conditional') return { action: 'replace', ...line, properties, possible: true };
      return { action: 'change', ...line, properties };
  }
}

function pathOf({ Target }: ResourceChangeDetail): string {
  const path = Target?.Path?.replace(/^\/Properties\//, '').replaceAll('/', '.');
  return path || Target?.Name || Target?.Attribute || 'unknown';
}
