import type { OperationRequest } from '../../../contracts/messages';
import { type Operation, OperationSlot } from '../../../workflows/support/operation-slot';

function operation(generation: number): Operation {
  const request: OperationRequest = { kind: 'retire', requester: 'ada' };
  return { generation, workflowId: `retire/orders/staging/${generation}`, request, start: 'waiting' };
}

describe('the operation slot', () => {
  it('lets one operation run and keeps the others in order of arrival', () => {
    const slot = new OperationSlot();
    const [first, second, third] = [operation(1), operation(2), operation(3)];
    for (const one of [first, second, third]) slot.enqueue(one);
    expect(slot.take()).toBe(first);
    expect([second, third].map((one) => slot.ahead(one))).toEqual([1, 2]);
    slot.release(first);
    expect(slot.take()).toBe(second);
    expect(slot.hasWaiting).toBe(true);
  });
});
