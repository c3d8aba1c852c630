import { condition } from '@temporalio/workflow';
import type { Progress } from '../../contracts/progress';

/** Whether a person has asked to begin nothing new for now; what is under way goes on. */
export class Pause {
  state: Progress['paused'];

  begin(by: string, reason: string): void {
    this.state = { by, reason, since: new Date().toISOString() };
  }

  end(): void {
    this.state = undefined;
  }

  /** Asked before anything new begins. */
  async over(): Promise<void> {
    await condition(() => this.state === undefined);
  }
}
