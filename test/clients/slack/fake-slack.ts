import type { App, AppOptions, Receiver } from '@slack/bolt';

/** One call of Slack's Web API, or one answer to a response_url. */
export interface SlackCall {
  method: string;
  body: Record<string, string>;
  blocks: Block[];
  atMs: number;
}

interface Block {
  type: string;
  text?: { text: string };
  elements?: Array<{ action_id: string; value: string }>;
}

/**
 * Slack without a network: takes what the gateway sends to it, and sends commands and clicks as Slack would. Written
 * after the Web API's documentation; real in between are Bolt and its web client.
 */
export class FakeSlack {
  readonly calls: SlackCall[] = [];
  readonly uploads: string[] = [];
  /** answers `{ok: false, error}` to this method while it is set */
  failing: { method: string; error: string } | undefined;
  private app: App | undefined;
  private sent = 0;

  /** What `createSlackGateway` takes as `app`. */
  options(): Partial<AppOptions> {
    const receiver: Receiver = {
      init: (app) => {
        this.app = app;
      },
      start: async () => {},
      stop: async () => {},
    };
    return {
      receiver,
      token: 'xoxb-test',
      // Bolt creates a receiver of its own for these, whatever is given beside them.
      socketMode: false,
      appToken: undefined,
      tokenVerificationEnabled: false,
      botId: 'B1',
      botUserId: 'UBOT',
      clientOptions: this.clientOptions(),
    };
  }

  clientOptions(): NonNullable<AppOptions['clientOptions']> {
    const fetch = async (url: string | URL | Request, init?: RequestInit) => this.answer(String(url), init);
    return { fetch: fetch as never, retryConfig: { retries: 0 } };
  }

  async command(text: string, userId: string): Promise<void> {
    const body = {
      ...{ command: '/meridian', text, user_id: userId, user_name: userId.toLowerCase(), token: 'x', trigger_id: '1' },
      ...{ channel_id: 'C1', channel_name: 'deployments', team_id: 'T1', team_domain: 'test', api_app_id: 'A1' },
      response_url: 'https://hooks.slack.test/command',
    };
    await this.process(body);
  }

  async click(button: { action_id: string; value: string }, userId: string, ts = this.lastTs()): Promise<void> {
    await this.process({
      ...{
        type: 'block_actions',
        user: { id: userId, name: userId },
        team: { id: 'T1' },
        api_app_id: 'A1',
        token: 'x',
      },
      ...{ channel: { id: 'C1', name: 'deployments' }, message: { ts, text: '' }, trigger_id: '1' },
      container: { type: 'message', message_ts: ts, channel_id: 'C1' },
      response_url: 'https://hooks.slack.test/click',
      actions: [{ type: 'button', block_id: 'b', action_ts: '1', text: { type: 'plain_text', text: '' }, ...button }],
    });
  }

  /** What only one person saw, newest last. */
  ephemeral(): string[] {
    return this.calls
      .filter(({ method, body }) => method === 'respond' && body.response_type === 'ephemeral')
      .map(({ body }) => String(body.text));
  }

  /** The message as it stands now. */
  message(): { text: string; buttons: Array<{ action_id: string; value: string }> } {
    const { blocks, body } = this.calls.filter(({ method }) => method.startsWith('chat.')).at(-1) ?? { blocks: [] };
    return {
      text: [body?.text, ...blocks.map((block) => block.text?.text)].filter(Boolean).join('\n'),
      buttons: blocks.flatMap(({ elements = [] }) => elements),
    };
  }

  private lastTs(): string {
    return `${this.sent}.0001`;
  }

  private async process(body: Record<string, unknown>): Promise<void> {
    let isAcknowledged = false;
    await this.app?.processEvent({
      body,
      ack: async () => {
        isAcknowledged = true;
      },
    });
    if (!isAcknowledged) throw new Error('Slack was not answered within its three seconds');
  }

  private async answer(url: string, init: RequestInit | undefined): Promise<Response> {
    const text = await new Response(init?.body as never).text();
    if (url.startsWith('https://hooks.slack.test/')) {
      this.calls.push({ method: 'respond', body: JSON.parse(text), blocks: [], atMs: Date.now() });
      return new Response('ok');
    }
    if (url.startsWith('https://files.slack.test/')) {
      this.uploads.push(text);
      return new Response('OK');
    }
    const method = url.replace('https://slack.com/api/', '');
    const body = Object.fromEntries(new URLSearchParams(text));
    this.calls.push({ method, body, blocks: JSON.parse(body.blocks ?? '[]'), atMs: Date.now() });
    return Response.json(this.result(method));
  }

  private result(method: string): Record<string, unknown> {
    if (this.failing?.method === method) return { ok: false, error: this.failing.error };
    if (method === 'chat.postMessage') {
      this.sent += 1;
      return { ok: true, channel: 'C1', ts: this.lastTs() };
    }
    if (method === 'files.getUploadURLExternal')
      return { ok: true, upload_url: 'https://files.slack.test/1', file_id: 'F1' };
    if (method === 'files.completeUploadExternal') return { ok: true, files: [{ id: 'F1' }] };
    return { ok: true };
  }
}
