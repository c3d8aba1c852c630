import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Approver, approverSchema } from '../contracts/approval';

const approversSchema = z.array(z.strictObject(approverSchema.shape)).min(1);

/**
 * Whose signatures count: a list, YAML or JSON (docs/approvals.md). Throws an Error that names the
 * entry, the field and what would be valid: a worker must not start with fewer approvers than were meant.
 */
export async function readApprovers(file: string): Promise<Approver[]> {
  const parsed = approversSchema.safeParse(await readYaml(file));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new Error(`the approvers in ${file} are not valid: ${problems.join('; ')}`);
  }
  const approvers = parsed.data;
  const twice = approvers.find(({ keyId }, index) => approvers.findIndex((one) => one.keyId === keyId) !== index);
  if (twice) throw new Error(`the approvers in ${file} are not valid: the key ${twice.keyId} is there twice`);
  return approvers;
}

async function readYaml(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`MERIDIAN_APPROVERS is ${file}, which cannot be read: ${(error as Error).message}`);
  }
}
