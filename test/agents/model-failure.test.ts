import { readFileSync } from 'node:fs';
import Anthropic, { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { classifyModelFailure } from '../../agents/models/model-failure';
import { providerWords } from '../../agents/models/redact';
import { STATUS_FAILURES } from '../../agents/models/status-failures';

const KEY = 'a-key-of-no-known-form';

interface Received {
  status: number;
  message?: string;
  headers?: Record<string, string>;
  aws?: string;
}

/** As Anthropic's API says it, or with `aws` as an AWS service does. */
function failure({ status, message = 'scripted', headers = {}, aws }: Received) {
  const all = { ...headers, ...(aws && { 'x-amzn-errortype': `${aws}:http://internal.amazon.com/coral/` }) };
  const body = aws ? { message } : { type: 'error', error: { type: 'some_error', message } };
  return classifyModelFailure(APIError.generate(status, body, undefined, new Headers(all)), [KEY]);
}

describe('what a status means', () => {
  it.each<[Received, object]>([
    [{ status: 400 }, { outcome: 'not-billed', failureType: 'Model.Misconfigured' }],
    [{ status: 401 }, { outcome: 'not-billed', message: expect.stringContaining('check the API key') }],
    [{ status: 402 }, { outcome: 'not-billed', message: expect.stringContaining('no credit') }],
    [{ status: 403 }, { outcome: 'not-billed', message: expect.stringContaining('check the API key') }],
    [{ status: 404 }, { outcome: 'not-billed', message: expect.stringContaining('check model and base URL') }],
    [{ status: 408 }, { outcome: 'unknown', failureType: 'Model.Unavailable' }],
    [{ status: 409 }, { outcome: 'unknown' }],
    [{ status: 413 }, { outcome: 'not-billed', message: expect.stringContaining('too large') }],
    [{ status: 422 }, { outcome: 'not-billed', failureType: 'Model.Misconfigured' }],
    [{ status: 424, aws: 'ModelErrorException' }, { outcome: 'unknown' }],
    [{ status: 500 }, { outcome: 'unknown' }],
    [{ status: 502 }, { outcome: 'unknown' }],
    [{ status: 503 }, { outcome: 'unknown' }],
    [{ status: 504 }, { outcome: 'unknown' }],
    [{ status: 418 }, { outcome: 'unknown' }],
    [{ status: 429 }, { outcome: 'not-billed', retryAfterMs: 2_000, regional: true }],
    [{ status: 429, headers: { 'retry-after': '7' } }, { retryAfterMs: 7_000 }],
    [{ status: 429, headers: { 'retry-after-ms': '150', 'retry-after': '7' } }, { retryAfterMs: 150 }],
    [{ status: 429, headers: { 'retry-after': 'soon' } }, { retryAfterMs: 2_000 }],
    [{ status: 429, headers: { 'retry-after': new Date(0).toUTCString() } }, { retryAfterMs: 0 }],
    [
      { status: 529, headers: { 'retry-after': '4' } },
      { outcome: 'not-billed', retryAfterMs: 4_000 },
    ],
    [
      { status: 429, aws: 'ThrottlingException' },
      { brief: '429 ThrottlingException', regional: true },
    ],
    [
      { status: 429, aws: 'ModelNotReadyException' },
      { outcome: 'not-billed', retryAfterMs: 2_000 },
    ],
    [
      { status: 503, aws: 'ServiceUnavailableException' },
      { outcome: 'not-billed', regional: true },
    ],
    [{ status: 408, aws: 'ModelTimeoutException' }, { outcome: 'unknown' }],
    [{ status: 500, aws: 'InternalServerException' }, { outcome: 'unknown' }],
    [
      { status: 400, aws: 'ServiceQuotaExceededException' },
      { failureType: 'Model.Unavailable', regional: true },
    ],
    [
      { status: 403, aws: 'AccessDeniedException' },
      { regional: true, message: expect.stringContaining('InvokeModel') },
    ],
    [{ status: 403, aws: 'UnrecognizedClientException' }, { message: expect.stringContaining('renew them') }],
    [
      { status: 404, aws: 'ResourceNotFoundException' },
      { failureType: 'Model.Misconfigured', regional: true },
    ],
  ])('%j', (received, expected) => {
    expect(failure(received)).toMatchObject(expected);
  });

  it('is another region only where the failure tells of the region', () => {
    expect(failure({ status: 403, aws: 'ExpiredTokenException' })).not.toHaveProperty('regional');
    expect(failure({ status: 400, aws: 'ValidationException' })).not.toHaveProperty('regional');
    const message = 'Invocation of model ID x with on-demand throughput isn’t supported.';
    expect(failure({ status: 400, aws: 'ValidationException', message })).toMatchObject({ regional: true });
  });

  it('is the spend limit of the key, which no waiting helps', () => {
    const body = { error: { message: 'limit', details: { error_code: 'enforced_spend_limit_reached' } } };
    const classified = classifyModelFailure(APIError.generate(429, body, undefined, new Headers()));
    expect(classified).toMatchObject({ failureType: 'Model.Misconfigured', message: expect.stringContaining('spend') });
    expect(classified).not.toHaveProperty('retryAfterMs');
  });
});

describe('what an error without a status means', () => {
  const cause = (code: string) => new APIConnectionError({ cause: Object.assign(new Error('x'), { code }) });

  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_BODY_TIMEOUT'])('does not know what %s cost', (code) => {
    expect(classifyModelFailure(cause(code))).toMatchObject({ outcome: 'unknown' });
  });

  it('does not know what a time-out, a stop or a surprise cost', () => {
    for (const error of [
      new Anthropic.APIConnectionTimeoutError(),
      new APIUserAbortError(),
      new TypeError('surprise'),
      'surprise',
    ]) {
      expect(classifyModelFailure(error)).toMatchObject({ outcome: 'unknown', failureType: 'Model.Unavailable' });
    }
  });
});

describe('words of a provider', () => {
  it.each([
    ['sk-ant-api03-abcDEF_123-456', 'sk-ant'],
    ['AKIAIOSFODNN7EXAMPLE', 'AKIA'],
    ['ASIAIOSFODNN7EXAMPLE', 'ASIA'],
    ['ABSKQmVkcm9ja0FQSUtleQ==', 'ABSK'],
    ['Authorization: Bearer eyJhbGciOi.J9', 'eyJ'],
    ['x-api-key: hunter2hunter2', 'hunter2'],
    ['"secret":"hunter2"', 'hunter2'],
    ['X-Amz-Security-Token=IQoJb3JpZ2lu', 'IQoJ'],
    ['Authorization: Basic dXNlcjpwYXNz', 'dXNl'],
    ['the secret access key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJal'],
    ['signed with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJal'],
    ['the API key is 8d3f-22ab', '8d3f'],
    ['Incorrect API key provided: sk-proj-abcdefgh_ijkl', 'sk-proj'],
    ['cannot connect to https://user:p@ss-w0rd@proxy.local:8080/v1', 'w0rd'],
    ['cannot connect to https://user:pw@host', 'pw'],
    [`it was ${KEY}`, KEY],
  ])('do not repeat %s', (text, secret) => {
    expect(failure({ status: 401, message: `no: ${text} is wrong` }).message).not.toContain(secret);
    expect(failure({ status: 500, message: text }).message).not.toContain(secret);
    expect(classifyModelFailure(new Error(text), [KEY]).message).not.toContain(secret);
  });

  it.each([
    'max_tokens: 531 > 400, the maximum for claude-haiku-4-5; see arn:aws:bedrock:eu-central-1::foundation-model/x',
    'ServiceUnavailableException: Bedrock is unable to process your request (request id req_011CSHoEeqs5C35K2UUqR7Fy)',
    'The API key provided is invalid, see https://docs.aws.amazon.com/bedrock/latest/userguide or mail ops@example.com',
    'Invocation of eu.anthropic.claude-haiku-4-5-20251001-v1:0 failed: secret rotation under way, token limit 8192',
  ])('stay readable: %s', (text) => {
    expect(providerWords(text)).toBe(text);
  });

  it('are one line of at most 300 characters and never hold the key, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), fc.nat(3), (text, times) => {
        const words = providerWords(text + KEY.repeat(times) + text, [KEY]);
        expect(words).not.toMatch(/\p{Cc}/u);
        expect(words).not.toContain(KEY);
        expect(words.length).toBeLessThanOrEqual(300);
      }),
    );
  });
});

it('docs/models.md has the table that the code has', () => {
  const rows = STATUS_FAILURES.map(({ status, names, says, what, outcome, regional, retry }) => {
    const when = names ? names.join(', ') : says ? 'says so' : '';
    const next = [regional && 'next region', retry && 'again'].filter(Boolean).join(', ') || 'no';
    return `| ${status} | ${when} | ${what} | ${outcome} | ${next} |`;
  });
  expect(readFileSync('docs/models.md', 'utf8')).toContain(rows.join('\n'));
});
