import type { BeginOperationResult } from '../../contracts/messages';
import { plural } from '../format';

/** The first lines of any operation: its name, where to look at it, and what it waits for. */
export function begunText({ workflowId, ahead }: BeginOperationResult, url?: string): string {
  const waits = ahead > 0 ? `waits for ${plural(ahead, 'operation')} before it\n` : '';
  return `${workflowId}${url ? `  ${url}` : ''}\n${waits}`;
}
