import { z } from 'zod';
import { deploymentReportSchema } from '../../contracts/report';

/** The published JSON schema of the report document (docs/report.schema.json), made from the zod schema. */
export function reportJsonSchema(): Record<string, unknown> {
  return { title: 'Meridian deployment report', ...z.toJSONSchema(deploymentReportSchema, { io: 'output' }) };
}
