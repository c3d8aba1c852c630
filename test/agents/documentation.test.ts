import { readFileSync } from 'node:fs';
import { failureAnalyst } from '../../agents/failure-analyst/failure-analyst';
import { intake } from '../../agents/intake/intake';
import { regionalDeployer } from '../../agents/regional-deployer/regional-deployer';
import { replicationEngineer } from '../../agents/replication-engineer/replication-engineer';
import { topologyArchitect } from '../../agents/topology-architect/topology-architect';
import { validationAnalyst } from '../../agents/validation-analyst/validation-analyst';
import { formatCount } from '../../clients/format';
import { TOKEN_LIMITS } from '../../contracts/ledger';

const AGENTS = [intake, topologyArchitect, replicationEngineer, regionalDeployer, validationAnalyst, failureAnalyst];

describe('docs/agents.md', () => {
  const rows = readFileSync('docs/agents.md', 'utf8').split('\n');

  it.each(AGENTS)(
    'tells of the $name what it may spend and what rules cannot decide',
    ({ name, account, beyondRules }) => {
      const mine = rows.filter((row) => row.startsWith(`| ${name} |`));
      expect(mine[0]).toContain(`| ${formatCount(TOKEN_LIMITS[account])} |`);
      expect(mine[1]).toBe(`| ${name} | ${beyondRules.join('; ')} |`);
    },
  );
});
