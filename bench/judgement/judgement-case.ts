import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseDocument } from 'yaml';
import { z } from 'zod';
import { findingSchema } from '../../contracts/finding';
import { failureSchema } from '../../contracts/report';
import { type DeploymentRequest, deploymentRequestSchema } from '../../contracts/request';
import { drillResultSchema, serviceHealthSchema } from '../../contracts/validation';
import { packageRoot } from '../../dev/package-root';
import { expectationSchema } from './expectation';

/** Cases stand here, one file each. */
export const CASES_FOLDER = join(packageRoot, 'examples', 'judgement');
const BASE_REQUEST = join(packageRoot, 'examples', 'three-regions.yaml');

const validationFactsSchema = z.strictObject({
  unhealthy: z.array(serviceHealthSchema.pick({ region: true, service: true, detail: true })).default([]),
  missed: z.array(z.strictObject({ location: z.string(), ms: z.number(), servedBy: z.string() })).default([]),
  failedRequests: z.number().int().default(0),
  drill: drillResultSchema.pick({ phases: true, passed: true }).optional(),
});

/** One question in which text matters, with what a good judge answers, and why. */
const judgementCaseSchema = z.strictObject({
  agent: z.enum([
    'topology architect',
    'regional deployer',
    'replication engineer',
    'failure analyst',
    'validation analyst',
  ]),
  why: z.string().describe('what makes the expected answer the good one'),
  request: z.record(z.string(), z.unknown()).default({}).describe('what differs from examples/three-regions.yaml'),
  findings: z.array(findingSchema).default([]),
  failure: failureSchema.omit({ next: true, analysis: true }).optional(),
  validation: validationFactsSchema.optional(),
  expect: z.record(z.string(), expectationSchema),
  control: z.boolean().default(false).describe('rules are right here: a judge must not be led astray'),
  good: z.record(z.string(), z.unknown()).optional().describe('an answer that does it, where it is words'),
});

export type JudgementCase = Omit<z.infer<typeof judgementCaseSchema>, 'request'> & {
  name: string;
  request: DeploymentRequest;
};

/** All cases, by name. Throws with file and field for one that is not well formed. */
export function readCases(folder = CASES_FOLDER): JudgementCase[] {
  const base = parse(readFileSync(BASE_REQUEST, 'utf8'));
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const { request: changes, ...rest } = readCase(join(folder, file));
      const request = deploymentRequestSchema.parse({ ...base, notes: '', ...changes });
      return { ...rest, name: file.replace(/\.yaml$/, ''), request };
    });
}

function readCase(path: string): z.infer<typeof judgementCaseSchema> {
  const document = parseDocument(readFileSync(path, 'utf8'));
  const [problem] = document.errors;
  if (problem) throw new Error(`${path}: ${problem.message}`);
  const read = judgementCaseSchema.safeParse(document.toJS());
  if (!read.success) throw new Error(`${path}: ${z.prettifyError(read.error)}`);
  return read.data;
}
