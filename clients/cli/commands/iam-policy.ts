import type { DeploymentRequest } from '../../../contracts/request';
import { type PolicyStatement, policyStatements } from '../../../platforms/aws/iam/build-policy';
import { policyDocuments } from '../../../platforms/aws/iam/policy-documents';
import type { PolicyInput } from '../../../platforms/aws/iam/policy-scope';
import { trustPolicy } from '../../../platforms/aws/iam/trust-policy';
import { primaryRegion } from '../../../policies/primary-region';
import { planReplication } from '../../../skills/database-optimization-analyzer/skill';
import { buildRegionSpecs, buildTraffic, generateTemplates } from '../../../skills/iac-template-generator/skill';
import { GLOBAL_STACK_REGION } from '../../../skills/iac-template-generator/stack-names';
import { advise } from '../../../skills/multicloud-strategy-advisor/skill';
import { EXIT } from '../exit-codes';
import { readCheckedRequest } from '../read-checked-request';
import { renderRequestProblems } from '../render-problems';
import type { Terminal } from '../terminal';

/** Prints what the role of a worker must be allowed to carry out a request, whichever of its topologies is chosen. */
export async function runIamPolicy(
  { file, account, principal, externalId }: { file: string; account?: string; principal?: string; externalId?: string },
  terminal: Terminal,
): Promise<number> {
  const checked = await readCheckedRequest(file);
  if ('problems' in checked) {
    terminal.err(renderRequestProblems(file, checked.problems, terminal.errColors));
    return EXIT.badInput;
  }
  const input = policyInput(checked.request, account);
  const statements: PolicyStatement[] = policyStatements(input);
  const documents = { policies: policyDocuments(statements), trustPolicy: trustPolicy({ principal, externalId }) };
  terminal.out(`${JSON.stringify(documents, undefined, 2)}\n`);
  if (!account) terminal.err('no --account: the ARNs hold "*" where its number belongs\n');
  return EXIT.ok;
}

/** Renders the stacks of every candidate topology and sums up what they hold and where. */
export function policyInput(request: DeploymentRequest, accountNumber?: string): PolicyInput {
  const candidates = advise(request).candidates;
  const stacks = candidates.flatMap((candidate) => {
    const topology = { ...candidate, primary: primaryRegion(candidate.regions), diagram: '' };
    const replication = planReplication({ request, topology });
    const specs = buildRegionSpecs({ request, topology, replication });
    const { account, application, environment } = request;
    const traffic = buildTraffic(request, topology);
    return generateTemplates({ specs, traffic, account, application, environment, firstRegion: topology.primary })
      .stacks;
  });
  const resources = stacks.flatMap(({ template }) => Object.values<RenderedResource>(JSON.parse(template).Resources));
  const regions = candidates.flatMap((candidate) => candidate.regions.map(({ region }) => region));
  return {
    application: request.application,
    environment: request.environment,
    hostname: request.hostname,
    regions: [...new Set([GLOBAL_STACK_REGION, ...regions])].sort(),
    resourceTypes: [...new Set(resources.map(({ Type }) => Type))].sort(),
    passedTo: [...new Set(resources.flatMap(runsAs))].sort(),
    buckets: [...new Set(resources.flatMap((resource) => bucketNames(resource, accountNumber ?? '*')))].sort(),
    ...(accountNumber && { accountNumber }),
  };
}

interface RenderedResource {
  Type: string;
  Properties?: {
    BucketName?: { 'Fn::Sub'?: string } | string;
    AssumeRolePolicyDocument?: { Statement: Array<{ Principal?: { Service?: string } }> };
  };
}

/** The services that a role lets in. */
function runsAs({ Properties }: RenderedResource): string[] {
  const statements = Properties?.AssumeRolePolicyDocument?.Statement ?? [];
  return statements.flatMap(({ Principal }) => Principal?.Service ?? []);
}

function bucketNames({ Type, Properties }: RenderedResource, account: string): string[] {
  if (Type !== 'AWS::S3::Bucket') return [];
  const name = Properties?.BucketName;
  const text = typeof name === 'string' ? name : name?.['Fn::Sub'];
  return text ? [text.replaceAll(`\${AWS::AccountId}`, account)] : [];
}
