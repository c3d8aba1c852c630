import { type Answer, notFound } from './answer';
import type { DataStore } from './data-store';

const COLUMNS = 'id::int, item, quantity, created_at as "createdAt"';
const MOST_LISTED = 100;
const LISTED_BY_DEFAULT = 20;

/** `POST /orders` with `{ "item": "tea", "quantity": 2 }`. */
export async function placeOrder(store: DataStore, body: unknown, wanted: AbortSignal): Promise<Answer> {
  const { item, quantity } = (body ?? {}) as { item?: unknown; quantity?: unknown };
  if (typeof item !== 'string' || item === '') return invalid('item', item, 'a text that is not empty');
  if (!Number.isInteger(quantity) || (quantity as number) < 1)
    return invalid('quantity', quantity, 'a whole number from 1');
  const insert = `insert into orders (item, quantity) values ($1, $2) returning ${COLUMNS}`;
  const [order] = await store.write(insert, [item, quantity], wanted);
  return { status: 201, body: { order }, headers: { location: `/orders/${String(order?.id)}` } };
}

/** `GET /orders/:id`, from the region’s own copy: a new order appears there when it has been replicated. */
export async function findOrder(store: DataStore, id: string): Promise<Answer> {
  if (!/^\d{1,15}$/.test(id)) return notFound(`order ${id}`);
  const [order] = await store.read(`select ${COLUMNS} from orders where id = $1`, [id]);
  return order ? { status: 200, body: { order } } : notFound(`order ${id}`);
}

/** `GET /orders?limit=20`, newest first. */
export async function listOrders(store: DataStore, limit: string | null): Promise<Answer> {
  const count = limit === null ? LISTED_BY_DEFAULT : Number(limit);
  const valid = Number.isInteger(count) && count >= 1 && count <= MOST_LISTED;
  if (!valid) return invalid('limit', limit, `a whole number from 1 to ${MOST_LISTED}`);
  const orders = await store.read(`select ${COLUMNS} from orders order by id desc limit $1`, [count]);
  return { status: 200, body: { orders } };
}

function invalid(field: string, received: unknown, valid: string): Answer {
  return { status: 400, body: { error: `${field}: got ${JSON.stringify(received) ?? 'nothing'}; valid is ${valid}` } };
}
