import type { Client } from 'pg';
import { promoteStandby } from '../../../lab/postgres/promote';

/** A server that answers in an order which a real one takes only now and then. */
function answering(...answers: Array<boolean | string>): { client: Client; asked: string[] } {
  const asked: string[] = [];
  const query = async (text: string) => {
    asked.push(text);
    const answer = answers.shift();
    if (typeof answer === 'string') throw Object.assign(new Error('refused'), { code: answer });
    return { rows: [{ standby: answer }] };
  };
  return { client: { query } as unknown as Client, asked };
}

test('a promotion that ends between the question and the signal is a promotion', async () => {
  const { client, asked } = answering(true, '55000', false);
  await promoteStandby(client);
  expect(asked).toHaveLength(3);
});

test('any other refusal of the signal is told', async () => {
  await expect(promoteStandby(answering(true, '42501').client)).rejects.toThrow('refused');
});
