import type { Approval } from '../../contracts/approval';
import type { OperationQueue, OperationRequest, QueuedOperation } from '../../contracts/messages';
import { encounter, endsQuestion, priorityOf } from '../../policies/operations/transitions';
import type { ApprovedState } from '../operations/operation-run';

export interface Operation {
  request: OperationRequest;
  generation: number;
  workflowId: string;
  /** whether its workflow exists */
  start: 'waiting' | 'started' | 'failed';
  /** given before it was enqueued: it had been proposed */
  approvals?: Approval[];
  /** and for which state they were given */
  approvedFor?: ApprovedState;
  /** what it makes live is to be watched */
  watch?: boolean;
}

/**
 * The one operation slot of a deployment and the queue before it. Pure: first by priority, then by generation. An emergency
 * need not wait for its turn: it takes the slot as well, and whoever runs has to make way.
 */
export class OperationSlot {
  private readonly waiting: Operation[] = [];
  private readonly running: Operation[] = [];
  /** the proposal that people think about; it needs no slot */
  proposed: string | undefined;

  enqueue(operation: Operation): void {
    const behind = this.waiting.findIndex((other) => isBefore(operation, other));
    this.waiting.splice(behind === -1 ? this.waiting.length : behind, 0, operation);
  }

  /** How many operations this one has to wait for. */
  ahead(operation: Operation): number {
    const position = this.waiting.indexOf(operation);
    return (position === -1 ? this.waiting.length : position) + this.waitedFor(operation).length;
  }

  /** Another operation holds the slot: this one waits for it, not for its own start. */
  isBusyFor(operation: Operation): boolean {
    return this.waitedFor(operation).length > 0;
  }

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  get isIdle(): boolean {
    return this.waiting.length === 0 && this.running.length === 0 && this.proposed === undefined;
  }

  /** Whether the first in the queue may begin: the slot is free, or nobody in it is one that has to be waited for. */
  get canTake(): boolean {
    const [first] = this.waiting;
    return first !== undefined && this.waitedFor(first).length === 0;
  }

  take(): Operation | undefined {
    const operation = this.canTake ? this.waiting.shift() : undefined;
    if (operation) this.running.push(operation);
    return operation;
  }

  /** Who has to make way for an operation that was given the slot. */
  inTheWayOf(operation: Operation): Operation[] {
    return this.running.filter(
      (one) => one !== operation && encounter(one.request.kind, operation.request.kind) === 'pre-empts',
    );
  }

  /** Takes one that waits out of the queue. */
  withdraw(workflowId: string): void {
    const index = this.waiting.findIndex((one) => one.workflowId === workflowId);
    for (const operation of index === -1 ? [] : this.waiting.splice(index, 1)) operation.start = 'failed';
  }

  /** As people see it. */
  get queue(): OperationQueue {
    return {
      running: this.running.map(inQueue),
      waiting: this.waiting.map(inQueue),
      ...(this.proposed && { proposed: this.proposed }),
    };
  }

  /** Who is waited for, and may be waiting for a person only: that ends for this one. */
  questionsBefore(operation: Operation): Operation[] {
    return this.waitedFor(operation).filter((one) => endsQuestion(one.request.kind, operation.request.kind));
  }

  private waitedFor(operation: Operation): Operation[] {
    return this.running.filter(
      (one) => one !== operation && encounter(one.request.kind, operation.request.kind) === 'waits',
    );
  }

  isRunning(operation: Operation): boolean {
    return this.running.includes(operation);
  }

  release(operation: Operation): void {
    const index = this.running.indexOf(operation);
    if (index !== -1) this.running.splice(index, 1);
  }
}

function inQueue({ workflowId, generation, request: { kind, requester } }: Operation): QueuedOperation {
  return { workflowId, kind, generation, requester };
}

function isBefore(one: Operation, other: Operation): boolean {
  const difference = priorityOf(one.request.kind) - priorityOf(other.request.kind);
  return difference < 0 || (difference === 0 && one.generation < other.generation);
}
