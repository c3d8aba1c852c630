import { LIVE_PATH, READY_PATH } from '../../contracts/probe-contract';
import { type Answer, notFound } from './answer';
import type { DataStore } from './data-store';
import { DatabaseFailure } from './database';
import { liveness } from './liveness';
import { findOrder, listOrders, placeOrder } from './orders';
import { findProbe, storeProbe, timedRead } from './probe-writes';
import type { Settings } from './settings';

export interface AppRequest {
  method: string;
  /** path and query */
  url: string;
  body(): Promise<unknown>;
  /** aborted when whoever asked no longer waits */
  wanted: AbortSignal;
}

export type Routes = (request: AppRequest) => Promise<Answer>;

/** Everything the application answers. A write that failed is 503 when nothing was changed, 504 when that is unknown. */
export function createRoutes(settings: Settings, store: DataStore): Routes {
  return async (request) => {
    try {
      return await route(settings, store, request);
    } catch (error) {
      if (error instanceof SyntaxError) return { status: 400, body: { error: `body is not JSON: ${error.message}` } };
      if (error instanceof URIError) return { status: 400, body: { error: `path: ${error.message}` } };
      if (!(error instanceof DatabaseFailure)) throw error;
      return {
        status: error.outcome === 'refused' ? 503 : 504,
        body: { error: error.message, outcome: error.outcome },
      };
    }
  };
}

async function route(settings: Settings, store: DataStore, request: AppRequest): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const [first = '', second, third, fourth] = pathname.split('/').slice(1).map(decodeURIComponent);
  switch (`${request.method} ${pathname}`) {
    case 'GET /':
      return {
        status: 200,
        body: { application: 'sample-orders', region: settings.region, version: settings.version },
      };
    case `GET ${LIVE_PATH}`:
      return liveness(settings.variant, process.uptime() * 1000);
    case `GET ${READY_PATH}`:
      return readiness(store);
    case 'POST /orders':
      return placeOrder(store, await request.body(), request.wanted);
    case 'GET /orders':
      return listOrders(store, searchParams.get('limit'));
  }
  if (first === 'orders' && second && request.method === 'GET') return findOrder(store, second);
  if (first === 'probe') return probe(settings, store, request, [second, third, fourth]);
  return notFound(`${request.method} ${pathname}`);
}

/** The probe contract (contracts/probe-contract.ts). */
async function probe(
  settings: Settings,
  store: DataStore,
  { method, wanted }: AppRequest,
  [kind, writer, seq]: Array<string | undefined>,
): Promise<Answer> {
  if (method === 'GET' && kind === 'reads' && writer === undefined) return timedRead(store);
  if (method === 'GET' && kind === 'reads' && writer && seq) return findProbe(store, writer, seq);
  if (method === 'PUT' && kind === 'writes' && writer && seq)
    return storeProbe(store, settings.variant, { writer, seq, wanted });
  return notFound(`${method} /probe/${kind ?? ''}`);
}

async function readiness(store: DataStore): Promise<Answer> {
  const reasons = await store.missing();
  return reasons.length === 0
    ? { status: 200, body: { ready: true } }
    : { status: 503, body: { ready: false, reasons } };
}
