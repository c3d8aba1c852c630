import fc from 'fast-check';
import { canonicalJson } from '../../contracts/canonical-json';
import type { OperationRequest } from '../../contracts/messages';
import { requestText } from '../../contracts/request-text';
import { requesterRefusal } from '../../policies/requester-refusal';
import { testKey } from '../support/signing-keys';
import { sampleRequest } from './sample-request';

const NOW_MS = Date.parse('2026-11-21T10:00:00.000Z');
const ada = testKey('ada-laptop', { kind: 'person', name: 'ada' });
const approvers = [ada.approver];
const key = { application: 'orders', environment: 'production' };
const retire: OperationRequest = { kind: 'retire', requester: 'ada' };
const deploy: OperationRequest = { kind: 'deploy', requester: 'ada', request: sampleRequest() };

function signed<Operation extends OperationRequest>(operation: Operation, deployment = key): Operation {
  const signature = ada.sign(
    (issuedAt) => requestText(operation, deployment, issuedAt),
    new Date(NOW_MS).toISOString(),
  );
  return { ...operation, signature };
}

const refusal = (operation: OperationRequest, change: Partial<Parameters<typeof requesterRefusal>[0]> = {}) =>
  requesterRefusal({ operation, key, approvers, nowMs: NOW_MS, ...change });

test('in production the requester must have signed', () => {
  for (const operation of [retire, deploy, { kind: 'sweep', requester: 'ada' } as const]) {
    expect(refusal(operation)).toMatch(/must be signed by its requester: set MERIDIAN_SIGNING_KEY/);
    expect(refusal(signed(operation))).toBeUndefined();
  }
});

test('without approvers nothing is destroyed in production; a deployment may begin, to be blocked at its approval', () => {
  expect(refusal(retire, { approvers: [] })).toMatch(/this worker knows no approver: set MERIDIAN_APPROVERS/);
  expect(refusal({ kind: 'sweep', requester: 'ada' }, { approvers: [] })).toMatch(/knows no approver/);
  expect(refusal(deploy, { approvers: [] })).toBeUndefined();
});

test('elsewhere a name may be a claim; a wrong signature is refused everywhere', () => {
  const staging = { application: 'orders', environment: 'staging' };
  expect(refusal(retire, { key: staging })).toBeUndefined();
  expect(refusal(signed(retire), { key: staging })).toBe('the signature is wrong');
  expect(refusal({ ...signed(retire), requester: 'mira' })).toMatch(/may sign for ada, not for mira/);
});

test('a signature is for one operation on one deployment, and for ten minutes', () => {
  const { signature } = signed(retire);
  expect(refusal({ ...deploy, signature })).toBe('the signature is wrong');
  expect(refusal(signed(retire), { key: { ...key, application: 'billing' } })).toBe('the signature is wrong');
  expect(refusal(signed(retire), { nowMs: NOW_MS + 600_001 })).toMatch(/more than 10 minutes ago/);
  expect(refusal({ ...signed(deploy), revertDrift: true })).toBe('the signature is wrong');
  const { request } = deploy;
  const dearer = { ...request, budget: { usdPerMonth: request.budget.usdPerMonth + 1 } };
  expect(refusal({ ...signed(deploy), request: dearer })).toBe('the signature is wrong');
});

test('a request that has travelled as JSON is the one that was signed', () => {
  const travelled = JSON.parse(JSON.stringify(signed(deploy))) as OperationRequest;
  expect(refusal(travelled)).toBeUndefined();
});

test('canonical JSON tells values apart and nothing else', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(JSON.stringify(one)));
      const equal = JSON.stringify(JSON.parse(canonicalJson(one))) === JSON.stringify(JSON.parse(canonicalJson(other)));
      expect(canonicalJson(one) === canonicalJson(other)).toBe(equal);
    }),
  );
  expect(canonicalJson({ b: 1, a: { d: undefined, c: [2, { f: 1, e: 2 }] } })).toBe(
    '{"a":{"c":[2,{"e":2,"f":1}]},"b":1}',
  );
});
