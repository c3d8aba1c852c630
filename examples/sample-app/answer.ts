/** What a handler answers; the body becomes JSON. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
}

export function notFound(what: string): Answer {
  return { status: 404, body: { error: `${what} does not exist` } };
}
