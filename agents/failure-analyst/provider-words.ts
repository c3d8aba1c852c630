import type { FailureKind } from '../../contracts/report';

/** What a provider's words say about a failure. */
export interface Reading {
  kind: FailureKind;
  /** the same request may succeed later: capacity, somebody else's operation, an outage and a bad line pass */
  passes: boolean;
}

const HANDLER_CODES =
  'https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html';
const EC2_CODES = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html';
const RDS_ERRORS = 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html';

/**
 * Words by which providers say what kind of failure it is; the first row that matches counts. Handler codes that their
 * page calls "Retriable" pass, those it calls "Terminal" do not.
 */
const PROVIDER_WORDS: ReadonlyArray<Reading & { words: RegExp; source: string }> = [
  {
    kind: 'permission',
    passes: false,
    words:
      /AccessDenied|UnauthorizedOperation|not authorized to|explicit deny|InvalidCredentials|AWS denies this|AWS does not accept/i,
    source: HANDLER_CODES,
  },
  {
    kind: 'capacity',
    passes: false,
    words:
      /not available in the selected availability zones?|not supported in your requested availability zone|is unavailable in this region/i,
    source: RDS_ERRORS,
  },
  {
    kind: 'capacity',
    passes: true,
    words: /Insufficient\w*Capacity|insufficient capacity|\bno capacity\b|do not have sufficient capacity/i,
    source: EC2_CODES,
  },
  {
    kind: 'quota',
    passes: false,
    words: /LimitExceeded|QuotaExceeded|\bquota\b|limit has been reached|maximum number of/i,
    source: EC2_CODES,
  },
  {
    kind: 'conflict',
    passes: true,
    words: /ResourceConflict|OperationInProgress|ConcurrentModification|another operation|_IN_PROGRESS state/i,
    source: HANDLER_CODES,
  },
  {
    kind: 'conflict',
    passes: false,
    words: /AlreadyExists|already exists|DependencyViolation|(is|still) in use\b/i,
    source: HANDLER_CODES,
  },
  {
    kind: 'network',
    passes: true,
    words: /NetworkFailure|ECONN\w+|ETIMEDOUT|ENOTFOUND|connection (refused|reset|timed out)|i\/o timeout/i,
    source: 'https://nodejs.org/api/errors.html#common-system-errors',
  },
  {
    kind: 'configuration',
    passes: false,
    words: /InvalidRequest|InvalidParameter|NotUpdatable|ValidationError|properties validation failed|not compatible/i,
    source: HANDLER_CODES,
  },
  {
    kind: 'configuration',
    passes: false,
    words: /CannotPull\w+|manifest for .* not found/i,
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html',
  },
  {
    kind: 'provider',
    passes: true,
    words: /ServiceInternalError|ServiceTimeout|InternalFailure|InternalError|Throttling|rate exceeded/i,
    source: HANDLER_CODES,
  },
  { kind: 'provider', passes: false, words: /GeneralServiceException|NotStabilized/i, source: HANDLER_CODES },
];

/** What a provider's words say; undefined when no row knows them. */
export function readProviderWords(message: string): Reading | undefined {
  return PROVIDER_WORDS.find(({ words }) => words.test(message));
}

/**
 * A provider's words without what explains nothing and costs tokens: identifiers of requests and stacks, and the
 * sentences around the sentence.
 */
export function essence(message: string): string {
  return message
    .replace(/\S+ in \S+ could not be \w+ \([A-Z_]+\): /, '')
    .replace(/Resource handler returned message: /g, '')
    .replace(/Service: (\w+), Status Code: \d+/g, '$1')
    .replace(/RequestToken: [0-9a-f-]+,? ?/gi, '')
    .replace(/AWS::(\w+)::(\w+)/g, '$1 $2')
    .replace(/,? ?Request ID: [\w-]+/gi, '')
    .replace(/\bSDK Attempt Count: \d+/gi, '')
    .replace(/arn:aws[\w-]*:(\w+):[\w-]*:\d*:(?:[\w-]+[/:])*([\w.-]+)/g, '$1 $2')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '')
    .replace(/\s+/g, ' ')
    .trim();
}
