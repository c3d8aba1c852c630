import { z } from 'zod';
import { leaseSchema } from '../keeper/messages';

/** What one sentinel tells the others, as JSON: `POST /heard`. */
export const heardSchema = z.object({
  key: z.string().min(1),
  from: z.string().min(1),
  over: leaseSchema.optional().describe('the lease that it holds to be over; absent: none'),
});
