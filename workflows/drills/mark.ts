import { condition, workflowInfo } from '@temporalio/workflow';
import type { DrillKind } from '../../contracts/drill';
import type { OperationRun } from '../operations/operation-run';
import { quick } from '../support/activity-stubs';
import { messageOf } from '../support/failures';
import { UNDO_AFTER_MS } from './undo-after';

/** Far more often than the mark ends: one that could not be written is made up for by the next. */
const RENEW_MS = 10_000;

/**
 * What the record says while a drill goes on, so that the watch asks for nothing: from before the first act until all is
 * put back. It ends by itself, since whoever wrote it may die; while the drill lives it is renewed.
 */
export class DrillMark {
  private isOver = false;
  private renewing: Promise<void> | undefined;

  constructor(
    private readonly run: OperationRun,
    private readonly kind: DrillKind,
  ) {}

  async set(): Promise<void> {
    await this.say('a drill begins');
    this.renewing = this.renew();
  }

  /** Takes it away. Saying so again is harmless. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.renewing;
    await this.say('the drill is over', true);
  }

  private async renew(): Promise<void> {
    while (!(await condition(() => this.isOver, RENEW_MS, { summary: 'the drill still goes on' })))
      await this.say('the drill goes on').catch((error: unknown) => this.run.progress.say(messageOf(error)));
  }

  private say(summary: string, over = false): Promise<void> {
    const { kind, run } = this;
    const until = new Date(Date.now() + UNDO_AFTER_MS).toISOString();
    const drilling = { workflowId: workflowInfo().workflowId, kind, until };
    return quick.recordDrilling(summary, { ...run.key, drilling, over });
  }
}
