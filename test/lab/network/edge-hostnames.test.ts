import { EdgeHostnames } from '../../../lab/network/edge-hostnames';

const of = { application: 'shop', environment: 'test' };
const [OLD, NEW] = ['eu-west-1', 'us-east-1'];
const healthCheck = { path: '/health', intervalSeconds: 3_600, failureThreshold: 3 };

let edge: EdgeHostnames;
beforeEach(() => {
  edge = new EdgeHostnames(
    () => undefined,
    () => false,
  );
  const records = [OLD, NEW].map((region) => ({ region, routing: 'latency' as const, healthCheck, targetPort: 1 }));
  edge.set({ ...of, hostname: 'shop.test', records });
});
afterEach(() => edge.remove('shop.test'));

const drained = () =>
  edge
    .find('shop.test')
    ?.records.filter((record) => record.drained)
    .map(({ region }) => region);
const failOver = (store: string, epoch: number, [from, to] = [OLD, NEW]) =>
  edge.failOver({ ...of, store, from, to, epoch });

test('a store whose epochs are low is heard, however high those of another one are', () => {
  failOver('orders', 10, [NEW, OLD]);
  failOver('carts', 3);
  expect(drained()).toEqual([OLD]);
});

test('older news of a store than the edge has heard changes nothing', () => {
  failOver('orders', 10);
  failOver('orders', 9, [NEW, OLD]);
  expect(drained()).toEqual([OLD]);
});

test('what sentinels decided after somebody looked outlives what he says', () => {
  failOver('orders', 10);
  edge.endFailover({ ...of, seen: { orders: 9 } });
  expect(drained()).toEqual([OLD]);
  edge.endFailover({ ...of, seen: { orders: 10 } });
  expect(drained()).toEqual([]);
});

test('what has ended does not begin again when a sentinel tells of it late', () => {
  edge.endFailover({ ...of, seen: { orders: 10 } });
  failOver('orders', 10);
  expect(drained()).toEqual([]);
  failOver('orders', 11);
  expect(drained()).toEqual([OLD]);
});
