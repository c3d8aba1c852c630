import type { ModelFailure } from './model';

/** What one kind of refusal means. The first row that fits counts. */
export interface StatusFailure extends Pick<ModelFailure, 'outcome' | 'failureType' | 'regional'> {
  status: number;
  /** an exception of AWS (`x-amzn-errortype`) or an error code of Anthropic; absent: any other */
  names?: readonly string[];
  /** words of the provider that tell it apart, where it gives no name */
  says?: RegExp;
  what: string;
  fix?: string;
  /** another attempt makes sense, after the provider's delay or two seconds */
  retry?: true;
}

const UNAVAILABLE = { outcome: 'not-billed', failureType: 'Model.Unavailable' } as const;
const MISCONFIGURED = { outcome: 'not-billed', failureType: 'Model.Misconfigured' } as const;

const REFUSED_CREDENTIALS = [
  ...['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidSignatureException'],
  ...['IncompleteSignatureException', 'InvalidClientTokenId', 'MissingAuthenticationTokenException'],
] as const;

/**
 * Statuses that are known to cost nothing, because the request was not run: it was refused for what it is or who sent it,
 * or it was not admitted. AWS says of a 429 "the request was not admitted", of a 503 that the service is "unable to handle
 * the request" (Bedrock user guide, scaling and throughput, 2026-09). Whatever is not listed (408, 409, 424, 500, 502, 504,
 * a 503 without AWS's name for it) may have been answered and billed: `unknown`.
 */
export const STATUS_FAILURES: readonly StatusFailure[] = [
  {
    status: 400,
    says: /model identifier|inference profile|on-demand throughput|end of its life/i,
    ...MISCONFIGURED,
    regional: true,
    what: 'the region does not offer the model',
    fix: 'check MERIDIAN_MODEL, the regions and the access to the model',
  },
  {
    status: 400,
    names: ['ServiceQuotaExceededException'],
    ...UNAVAILABLE,
    regional: true,
    what: 'a quota of the account is used up',
    fix: 'ask AWS for more, or name another region',
  },
  {
    status: 400,
    names: REFUSED_CREDENTIALS,
    ...MISCONFIGURED,
    what: 'the credentials are refused',
    fix: 'renew them and check the clock',
  },
  { status: 400, ...MISCONFIGURED, what: 'the model refused the request as invalid' },
  {
    status: 401,
    ...MISCONFIGURED,
    what: 'the model refused the key',
    fix: 'check the API key and what it may use',
  },
  { status: 402, ...MISCONFIGURED, what: 'the account has no credit', fix: 'top it up or use another key' },
  {
    status: 403,
    names: REFUSED_CREDENTIALS,
    ...MISCONFIGURED,
    what: 'the credentials are refused',
    fix: 'renew them and check the clock',
  },
  {
    status: 403,
    ...MISCONFIGURED,
    regional: true,
    what: 'the key may not use the model',
    fix: 'check the API key and what it may use, on AWS bedrock:InvokeModel and the access to the model',
  },
  {
    status: 404,
    ...MISCONFIGURED,
    regional: true,
    what: 'the provider does not know the model or the address',
    fix: 'check model and base URL, on AWS the access to the model in this region',
  },
  { status: 413, ...MISCONFIGURED, what: 'the request is too large' },
  { status: 422, ...MISCONFIGURED, what: 'the model refused the request as invalid' },
  {
    status: 429,
    names: ['enforced_spend_limit_reached'],
    ...MISCONFIGURED,
    what: 'the spend limit of the key is reached',
    fix: 'raise it in the console',
  },
  {
    status: 429,
    names: ['ModelNotReadyException'],
    ...UNAVAILABLE,
    regional: true,
    retry: true,
    what: 'the model is not ready',
  },
  { status: 429, ...UNAVAILABLE, regional: true, retry: true, what: "the model's rate limit is reached" },
  {
    status: 503,
    names: ['ServiceUnavailableException', 'ServiceUnavailable'],
    ...UNAVAILABLE,
    regional: true,
    retry: true,
    what: 'the region has no capacity',
  },
  { status: 529, ...UNAVAILABLE, regional: true, retry: true, what: 'the provider is overloaded' },
];
