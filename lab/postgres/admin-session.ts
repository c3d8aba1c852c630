import type { Client } from 'pg';
import { type AdministratorAccess, connectTo } from './connect';

/**
 * One administrator's connection that is kept: to open one takes tens of milliseconds, which count when a database is
 * promoted. It is opened when it is needed and thrown away when it breaks.
 */
export class AdminSession {
  private client: Promise<Client> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly access: () => AdministratorAccess) {}

  /** Runs `work` on the connection, one after the other. */
  use<R>(work: (client: Client) => Promise<R>): Promise<R> {
    const turn = this.last.then(() => this.useNow(work));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async useNow<R>(work: (client: Client) => Promise<R>): Promise<R> {
    const client = await this.open();
    try {
      return await work(client);
    } catch (error) {
      // a refusal of the database leaves the connection as it was; anything else may not have
      if (!isAnswer(error)) this.drop(client);
      throw error;
    }
  }

  /** Lets go of the connection. The next use opens another. */
  end(): void {
    const { client } = this;
    this.client = undefined;
    this.last = Promise.resolve();
    client?.then((open) => open.end()).catch(() => undefined);
  }

  private open(): Promise<Client> {
    if (this.client) return this.client;
    const opening = connectTo(this.access());
    this.client = opening;
    opening.then(
      (client) => client.once('end', () => this.drop(client)),
      () => {
        if (this.client === opening) this.client = undefined;
      },
    );
    return opening;
  }

  private drop(client: Client): void {
    const known = this.client;
    known
      ?.then((open) => {
        if (open === client && this.client === known) this.client = undefined;
      })
      .catch(() => undefined);
    client.end().catch(() => undefined);
  }
}

/** The database itself said no: it has a SQLSTATE of five characters. 57P… and 08… end the connection. */
function isAnswer(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('57P') && !code.startsWith('08');
}
