import type { RecordedRequest } from './recording-endpoint';

/** A stack as CloudFormation would describe it. */
export interface AnsweredStack {
  region: string;
  name: string;
  outputs: Record<string, string>;
  /** logical id → type and physical id */
  resources: Record<string, [type: string, physicalId: string]>;
}

/** Answers of CloudFormation (API reference, DescribeStacks and ListStackResources) about stacks that tests describe. */
export function answerStacks(stacks: AnsweredStack[]): (request: RecordedRequest) => string | undefined {
  return ({ service, region, action, parameters }) => {
    if (service !== 'cloudformation') return undefined;
    const asked = String(parameters.StackName ?? '');
    const stack = stacks.find((one) => one.region === region && (one.name === asked || idOf(one) === asked));
    if (!stack) return undefined;
    if (action === 'DescribeStacks') return describeStacks(stack);
    return action === 'ListStackResources' ? listResources(stack) : undefined;
  };
}

/** Answers which stacks a region has (DescribeStacks without a name), all of one deployment. */
export function answerStackList(
  stacks: AnsweredStack[],
  { application, environment }: { application: string; environment: string },
): (request: RecordedRequest) => string | undefined {
  return ({ service, region, action, parameters }) => {
    if (service !== 'cloudformation' || action !== 'DescribeStacks' || parameters.StackName) return undefined;
    const tag = (key: string, value: string) => `<member><Key>${key}</Key><Value>${value}</Value></member>`;
    const tags = `<Tags>${tag('meridian:application', application)}${tag('meridian:environment', environment)}</Tags>`;
    const members = stacks
      .filter((stack) => stack.region === region)
      .map(
        ({ name }) =>
          `<member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-21T00:00:00Z</CreationTime>${tags}</member>`,
      );
    return wrap('DescribeStacks', `<Stacks>${members.join('')}</Stacks>`);
  };
}

function idOf({ region, name }: AnsweredStack): string {
  return `arn:aws:cloudformation:${region}:123456789012:stack/${name}/1`;
}

function describeStacks(stack: AnsweredStack): string {
  const outputs = Object.entries(stack.outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const about = `<StackId>${idOf(stack)}</StackId><StackName>${stack.name}</StackName><CreationTime>2026-11-21T00:00:00Z</CreationTime>`;
  const member = `<member>${about}<StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${outputs.join('')}</Outputs></member>`;
  return wrap('DescribeStacks', `<Stacks>${member}</Stacks>`);
}

function listResources({ resources }: AnsweredStack): string {
  const members = Object.entries(resources).map(
    ([id, [type, physical]]) =>
      `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-11-21T00:00:00Z</LastUpdatedTimestamp></member>`,
  );
  return wrap('ListStackResources', `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>`);
}

function wrap(action: string, result: string): string {
  const of = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
  return `<${action}Response xmlns="${of}"><${action}Result>${result}</${action}Result></${action}Response>`;
}
