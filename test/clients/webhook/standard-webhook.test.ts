import fc from 'fast-check';
import { signWebhook, webhookProblem } from '../../../clients/webhook/standard-webhook';

/** The example of the libraries of Standard Webhooks: what they sign, we sign, and the other way round. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const AT_MS = 1_614_265_330_000;
const BODY = '{"test": 2432232314}';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const sent = { id: ID, timestamp: String(AT_MS / 1_000), signature: SIGNATURE };

test('the published example comes out', () => {
  expect(signWebhook(SECRET, ID, AT_MS, BODY)).toEqual({
    'webhook-id': ID,
    'webhook-timestamp': '1614265330',
    'webhook-signature': SIGNATURE,
  });
  expect(webhookProblem(SECRET, sent, BODY, AT_MS)).toBeUndefined();
});

test('one right signature among several is enough: secrets are changed without a gap', () => {
  const signature = `v1,${Buffer.alloc(32).toString('base64')} v2,abc ${SIGNATURE}`;
  expect(webhookProblem(SECRET, { ...sent, signature }, BODY, AT_MS)).toBeUndefined();
});

test('a message counts for five minutes to both sides', () => {
  for (const offsetMs of [-300_000, 300_000])
    expect(webhookProblem(SECRET, sent, BODY, AT_MS + offsetMs)).toBeUndefined();
  for (const offsetMs of [-301_000, 301_000])
    expect(webhookProblem(SECRET, sent, BODY, AT_MS + offsetMs)).toMatch(/more than 5 minutes away/);
});

test.each([
  ['no id', { ...sent, id: undefined }],
  ['no signature', { ...sent, signature: '' }],
  ['a time that is none', { ...sent, timestamp: '1614265330.5' }],
  ['another id', { ...sent, id: 'msg_other' }],
  ['another time', { ...sent, timestamp: '1614265331' }],
  ['another version', { ...sent, signature: SIGNATURE.replace('v1', 'v1a') }],
])('%s is refused', (_what, changed) => {
  expect(webhookProblem(SECRET, changed, BODY, AT_MS)).toBeDefined();
});

test('no other body and no other secret fit the signature', () => {
  const secret = fc
    .uint8Array({ minLength: 24, maxLength: 64 })
    .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`);
  fc.assert(
    fc.property(fc.string(), secret, (body, other) => {
      fc.pre(body !== BODY && other !== SECRET);
      return (
        webhookProblem(SECRET, sent, body, AT_MS) !== undefined &&
        webhookProblem(other, sent, BODY, AT_MS) !== undefined
      );
    }),
  );
});
