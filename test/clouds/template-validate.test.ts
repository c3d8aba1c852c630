import fc from 'fast-check';
import { validateTemplates } from '../../skills/networksec-architecture-validator/skill';
import {
  exampleDeployment,
  planned,
  plannedDeployments,
  templatesOf,
  threeRegions,
  topologyOf,
} from '../skills/iac-template-generator/planned-deployments';

test('every template of any deployment passes the checks of CloudFormation', async () => {
  await fc.assert(
    fc.asyncProperty(plannedDeployments, async (input) => {
      expect(await validateTemplates(templatesOf(input).stacks)).toEqual([]);
    }),
    { numRuns: 12 },
  );
});

test.each(['three-regions', 'failover-pair'] as const)('every template of the example %s does', async (example) => {
  expect(await validateTemplates(templatesOf(exampleDeployment(example)).stacks)).toEqual([]);
});

test('a property that CloudFormation would refuse is a high finding that names the resource', async () => {
  const [stack] = templatesOf(threeRegions()).stacks;
  const template = stack!.template.replace('"EnableDnsSupport": true', '"EnableDnsSupport": "perhaps"');
  expect(template).not.toBe(stack!.template);
  const findings = await validateTemplates([{ ...stack!, template }]);
  expect(findings).toContainEqual(
    expect.objectContaining({ severity: 'high', where: expect.stringContaining('us-east-1/base/Vpc') }),
  );
});

test('text that is no template does not pass as a template without findings', async () => {
  const [stack] = templatesOf(threeRegions()).stacks;
  const findings = await validateTemplates([{ ...stack!, template: 'nonsense' }]);
  expect(findings).toContainEqual(expect.objectContaining({ severity: 'high' }));
});

test('an instance class that a region does not have is found before anything is made there', async () => {
  const { request } = threeRegions();
  const [store] = request.dataStores;
  const large = { ...request, dataStores: [{ ...store!, instanceClass: 'db.m7g.large' }] };
  const findings = await validateTemplates(templatesOf(planned(large, topologyOf(['af-south-1', 'eu-west-1']))).stacks);
  expect(findings.map(({ where }) => where)).toEqual(['af-south-1/data/DatabaseOrdersDb/Properties.DBInstanceClass']);
});

test('checks that run at the same time each get their own answer, and the process goes on meanwhile', async () => {
  const [first, second] = templatesOf(threeRegions()).stacks;
  const broken = {
    ...second!,
    template: second!.template.replace('"EnableDnsSupport": true', '"EnableDnsSupport": []'),
  };
  let turns = 0;
  const counting = setInterval(() => (turns += 1), 1);
  const answers = await Promise.all([validateTemplates([first!]), validateTemplates([broken]), validateTemplates([])]);
  clearInterval(counting);
  expect(answers.map((findings) => findings.length > 0)).toEqual([false, true, false]);
  expect(turns).toBeGreaterThan(0);
});
