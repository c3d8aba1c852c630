import fc from 'fast-check';
import { deploymentMessage } from '../../../clients/slack/deployment-message';
import { codeBlock, cut, escaped, person, typed } from '../../../clients/slack/slack-text';
import { parseSlashCommand } from '../../../clients/slack/slash-command';
import { analysedReport, sampleReport } from '../sample-report';

test('text from elsewhere rings no bell, links nowhere and ends no block', () => {
  expect(escaped('<!channel> & <https://evil.example|bank>')).toBe(
    '&lt;!channel&gt; &amp; &lt;https://evil.example|bank&gt;',
  );
  expect(codeBlock(['```', '<@U1>'], 100)).toBe("```'''\n&lt;@U1&gt;```");
  expect(person('slack:U024BE7LH')).toBe('<@U024BE7LH>');
  expect(person('slack:U1> <!here')).toBe('slack:U1&gt; &lt;!here');
  fc.assert(fc.property(fc.string(), (text) => !/[<>]/.test(escaped(text)) && typed(escaped(text)) === text));
});

test('a cut text is short enough and keeps its entities whole', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('&', '<', 'a')), fc.integer({ min: 5, max: 40 }), (letters, limit) => {
      const text = cut(escaped(letters.join('')), limit);
      return text.length <= limit && !/&(?!(?:amp|lt|gt);)/.test(text);
    }),
  );
});

test('host names that Slack made links of are host names again', () => {
  expect(typed('hostname: <http://orders.example.com|orders.example.com>')).toBe('hostname: orders.example.com');
  expect(typed('a &lt; b &amp;amp; c')).toBe('a < b &amp; c');
});

test('a message stays within what Slack takes, however much there is to say', () => {
  const { plan } = sampleReport;
  const long = Array.from({ length: 400 }, (_, index) => `<!channel> irreversible thing ${index} ${'x'.repeat(300)}`);
  const { blocks, text } = deploymentMessage({
    workflowId: sampleReport.workflow.id,
    progress: undefined,
    plan: { ...plan!, irreversible: long },
    report: {
      ...sampleReport,
      undone: long,
      failure: { step: 'regions', type: 'Internal', message: long.join('\n'), next: long },
    },
  });
  expect(blocks.length).toBeLessThan(50);
  expect(text.length).toBeLessThan(4_000);
  for (const block of blocks) if (block.type === 'section') expect(block.text?.text.length).toBeLessThanOrEqual(3_000);
  expect(JSON.stringify(blocks)).not.toContain('<!channel>');
});

test('a verdict names whoever explains it; a model’s words ring nobody’s bell', () => {
  const { workflow } = analysedReport;
  const { blocks } = deploymentMessage({
    workflowId: workflow.id,
    progress: undefined,
    plan: undefined,
    report: analysedReport,
  });
  const text = JSON.stringify(blocks);
  expect(text).toContain('*model claude-sonnet-5-5*: configuration; the same request would fail again');
  expect(text).toContain('Suggested by model claude-sonnet-5-5\\n• look at the logs of OrdersApi in singapore');
  expect(text).not.toContain('<!channel>');
});

test.each(['plan', 'plan nowhere', 'abort', 'status a b c', 'deploy', 'deploy   ', 'drop tables'])(
  '"%s" says what would be valid',
  (text) => {
    expect(() => parseSlashCommand(text)).toThrow(/valid: |say what to deploy/);
  },
);

test('commands are read with what follows them, line ends included', () => {
  expect(parseSlashCommand('deploy a: 1\nb: 2')).toEqual({ verb: 'deploy', text: 'a: 1\nb: 2' });
  expect(parseSlashCommand('')).toEqual({ verb: 'help' });
  expect(parseSlashCommand('abort orders/staging wrong week')).toMatchObject({
    ...{ verb: 'abort', target: { application: 'orders', environment: 'staging' }, reason: 'wrong week' },
  });
});
