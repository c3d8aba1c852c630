import { Database, DatabaseFailure, isMissingTable } from './database';
import type { Settings } from './settings';

type Row = Record<string, unknown>;

/** The orders store as this region sees it: writes go to the primary, wherever it is, reads to the region’s own copy. */
export class DataStore {
  private readonly writer: Database | undefined;
  private readonly reader: Database | undefined;
  private wasComplete = false;

  constructor(settings: Settings) {
    this.writer = settings.writer && new Database(settings.writer, 'writes');
    this.reader = settings.reader && new Database(settings.reader, 'reads');
  }

  /** Runs one statement on the primary while it is wanted; makes the tables first when they are missing. */
  async write(text: string, values: unknown[], wanted?: AbortSignal): Promise<Row[]> {
    const writer = configured(this.writer, 'ORDERS_HOST');
    try {
      return (await writer.query(text, values, wanted)).rows as Row[];
    } catch (error) {
      if (!isMissingTable(error)) throw error;
      await writer.createTables();
      return (await writer.query(text, values, wanted)).rows as Row[];
    }
  }

  /** Runs one query on the region’s database. A table that has not been replicated yet has no rows. */
  async read(text: string, values: unknown[] = []): Promise<Row[]> {
    const reader = configured(this.reader, 'ORDERS_READ_HOST');
    try {
      return (await reader.query(text, values)).rows as Row[];
    } catch (error) {
      if (isMissingTable(error)) return [];
      throw error;
    }
  }

  /**
   * Why requests cannot be served; empty when they can, and when the deployment has no store at all. The primary must
   * have answered once; later its loss alone does not make a region unready, or the death of one region would take all
   * of them out of service.
   */
  async missing(): Promise<string[]> {
    if (!this.writer && !this.reader) return [];
    const read = this.readerAnswers().then(nothing, (error: Error) => `read endpoint: ${error.message}`);
    const reasons = await Promise.all([read, this.wasComplete ? undefined : this.writerProblem()]);
    const found = reasons.filter((reason) => reason !== undefined);
    this.wasComplete ||= found.length === 0;
    return found;
  }

  async close(): Promise<void> {
    await Promise.all([this.writer?.close(), this.reader?.close()]);
  }

  private async readerAnswers(): Promise<void> {
    await configured(this.reader, 'ORDERS_READ_HOST').ping();
  }

  private async writerProblem(): Promise<string | undefined> {
    try {
      await configured(this.writer, 'ORDERS_HOST').createTables();
      return undefined;
    } catch (error) {
      return `writer endpoint: ${(error as Error).message}`;
    }
  }
}

function configured(database: Database | undefined, variable: string): Database {
  if (database) return database;
  throw new DatabaseFailure('refused', new Error(`no database configured: ${variable} is not set`));
}

function nothing(): undefined {
  return undefined;
}
