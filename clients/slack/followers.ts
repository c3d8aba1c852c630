import type { webApi } from '@slack/bolt';
import { ClientProblem } from '../client-problem';
import type { MeridianClient } from '../connection';
import { followMessage } from './follow-message';
import type { FollowedMessage, FollowedMessages } from './followed-messages';

/** The messages that are being kept up to date; a message has one follower, however often it is asked for. */
export class Followers {
  private readonly ended = new AbortController();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly meridian: MeridianClient,
    private readonly slack: webApi.WebClient,
    private readonly messages: FollowedMessages,
    private readonly log: (text: string) => void,
  ) {}

  async follow(message: FollowedMessage): Promise<void> {
    const key = `${message.channel}/${message.ts}`;
    if (this.running.has(key) || this.ended.signal.aborted) return;
    this.running.set(key, Promise.resolve());
    await this.messages.add(message);
    const following = this.run(message).finally(() => this.running.delete(key));
    this.running.set(key, following);
  }

  async resume(): Promise<void> {
    for (const message of await this.messages.all()) await this.follow(message);
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await Promise.all(this.running.values());
  }

  private async run(message: FollowedMessage): Promise<void> {
    const { meridian, slack, log } = this;
    try {
      await followMessage({ meridian, slack, message, signal: this.ended.signal, onTrouble: log });
      await this.messages.remove(message);
    } catch (error) {
      const code = error instanceof ClientProblem ? error.code : undefined;
      // Stopped, or cut off for long: the next run of the gateway goes on with it.
      if (code === 'detached') return;
      if (code !== 'unreachable' && code !== 'no-worker') await this.messages.remove(message);
      log(`${message.workflowId} is no longer followed: ${(error as Error).message}`);
    }
  }
}
