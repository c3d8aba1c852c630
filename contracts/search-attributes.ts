import { defineSearchAttributeKey } from '@temporalio/common';

/** What the Web UI and `meridian status` filter by. Indexed in clear text: no secrets in here. */
export const MERIDIAN_APPLICATION = defineSearchAttributeKey('MeridianApplication', 'KEYWORD');
export const MERIDIAN_ENVIRONMENT = defineSearchAttributeKey('MeridianEnvironment', 'KEYWORD');
export const MERIDIAN_PHASE = defineSearchAttributeKey('MeridianPhase', 'KEYWORD');
export const MERIDIAN_REGIONS = defineSearchAttributeKey('MeridianRegions', 'KEYWORD_LIST');
export const MERIDIAN_NEEDS_APPROVAL = defineSearchAttributeKey('MeridianNeedsApproval', 'BOOL');

export const SEARCH_ATTRIBUTES = [
  MERIDIAN_APPLICATION,
  MERIDIAN_ENVIRONMENT,
  MERIDIAN_PHASE,
  MERIDIAN_REGIONS,
  MERIDIAN_NEEDS_APPROVAL,
];
