import type { webApi } from '@slack/bolt';
import type { PlatformKind } from '../../contracts/region';
import type { MeridianClient } from '../connection';
import type { FollowedMessage } from './followed-messages';

/** What a command from Slack runs with: who typed it, where, and what it may use. */
export interface SlashContext {
  meridian: MeridianClient;
  slack: webApi.WebClient;
  channel: string;
  /** Slack's id of the person who typed it */
  userId: string;
  requestsFolder: string | undefined;
  /** where a request in words that names no platform is deployed */
  platform: PlatformKind;
  /** keeps a message up to date from now on */
  follow: (message: FollowedMessage) => Promise<void>;
}
