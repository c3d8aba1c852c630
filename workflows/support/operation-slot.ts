import { OPERATION_PRIORITY, type OperationRequest } from '../../contracts/messages';

export interface Operation {
  request: OperationRequest;
  generation: number;
  workflowId: string;
  /** whether its workflow exists */
  start: 'waiting' | 'started' | 'failed';
}

/** The one operation slot of a deployment and the queue before it. Pure: first by priority, then by arrival. */
export class OperationSlot {
  private readonly waiting: Operation[] = [];
  private current: Operation | undefined;

  enqueue(operation: Operation): void {
    const priority = OPERATION_PRIORITY[operation.request.kind];
    const behind = this.waiting.findIndex((other) => OPERATION_PRIORITY[other.request.kind] > priority);
    this.waiting.splice(behind === -1 ? this.waiting.length : behind, 0, operation);
  }

  /** How many operations run or wait before this one. */
  ahead(operation: Operation): number {
    const position = this.waiting.indexOf(operation);
    return (position === -1 ? this.waiting.length : position) + (this.current ? 1 : 0);
  }

  /** Another operation holds the slot: this one waits for it, not for its own start. */
  isBusyFor(operation: Operation): boolean {
    return this.current !== undefined && this.current !== operation;
  }

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  take(): Operation | undefined {
    this.current = this.waiting.shift();
    return this.current;
  }

  release(): void {
    this.current = undefined;
  }
}
