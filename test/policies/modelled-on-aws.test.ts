import { modelledOnAws } from '../../policies/modelled-on-aws';
import { sampleReport } from '../clients/sample-report';

test('a stand-in’s seconds come with what AWS’s own facts predict', () => {
  const replication = sampleReport.plan?.replication ?? { stores: [], order: [] };
  const [failover, loss] = modelledOnAws(replication);
  expect(failover).toMatch(
    /failover of .* on AWS: about 380 s \(20 s until the health check .* 300 s promotion, up to 60 s of DNS caching/,
  );
  expect(loss).toMatch(/no bound is promised, at best 60 s/);
});

test('an application without databases has nothing to predict', () => {
  expect(modelledOnAws({ stores: [], order: [] })).toEqual([]);
});
