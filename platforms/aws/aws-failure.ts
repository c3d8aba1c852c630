import { PlatformError } from '../platform-error';

/** Where a call went and as whom, for the message. */
export interface CallPlace {
  account: string;
  region: string;
  /** see AwsClients.identity */
  identity: string;
}

const THROTTLED =
  /^(Throttling|ThrottlingException|ThrottledException|RequestThrottled|RequestThrottledException|TooManyRequestsException|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|LimitExceededException\.Throttling)$/;
const NO_CREDENTIALS =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|OptInRequired|MissingAuthenticationToken|InvalidAccessKeyId)$/;
const DENIED =
  /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized|InsufficientCapabilitiesException)$/;
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|TimeoutError|NetworkingError|RequestTimeout|RequestTimeoutException)$/;

interface SdkError {
  name?: string;
  Code?: string;
  code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number };
}

/**
 * What a failed call of the SDK means for whoever asked: the one place where AWS errors are classified. Throttling and
 * outages may be tried again, what AWS refuses may not. Failures that did not come from a call are returned as they are.
 */
export function awsFailure(error: unknown, place: CallPlace): Error {
  if (error instanceof PlatformError) return error;
  const { name = '', message = '', code, $metadata } = (error ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode;
  const where = `${place.region} of account ${place.account}`;
  const details = { region: place.region };
  if (THROTTLED.test(name) || status === 429) {
    return new PlatformError('Platform.Throttled', `AWS limits the rate of calls in ${where}: ${message}`, details);
  }
  if (UNREACHABLE.test(name) || UNREACHABLE.test(code ?? '') || (status !== undefined && status >= 500)) {
    const words = message || code || name;
    return new PlatformError('Platform.Unavailable', `AWS does not answer in ${where}: ${words}`, details);
  }
  if (NO_CREDENTIALS.test(name)) {
    return new PlatformError(
      'Platform.Refused',
      `AWS does not accept ${place.identity} in ${where} (${name}: ${message}); renew the credentials, check the role, or enable the region`,
      details,
    );
  }
  if (DENIED.test(name)) {
    return new PlatformError(
      'Platform.Refused',
      `AWS denies this to ${place.identity} in ${where}: ${message}; "meridian iam-policy" prints what it must be allowed`,
      details,
    );
  }
  if (status !== undefined && status >= 400) {
    return new PlatformError('Platform.Refused', `AWS refuses in ${where}: ${name}: ${message}`, details);
  }
  // An answer that cannot be read was cut off on its way.
  if (status !== undefined || '$metadata' in Object(error)) {
    return new PlatformError('Platform.Unavailable', `no complete answer from AWS in ${where}: ${message}`, details);
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** The provider's code of a failure, for callers to whom some failures are answers. */
export function errorName(error: unknown): string {
  return (error as SdkError)?.name ?? '';
}

/** True when CloudFormation says that there is no such stack: it has no error code of its own for that. */
export function isNoSuchStack(error: unknown): boolean {
  return errorName(error) === 'ValidationError' && /does not exist/.test((error as Error).message);
}
