import { NativeConnection, Runtime } from '@temporalio/worker';
import pino from 'pino';
import { whoDecides } from '../agents/models/model-config';
import { EXIT, exitCodeOfProblem } from '../clients/cli/exit-codes';
import { ClientProblem } from '../clients/client-problem';
import { validateTemplates } from '../skills/networksec-architecture-validator/skill';
import { loadConfig } from '../temporal.config';
import { createWorker } from './create-worker';
import { createDependencies } from './dependencies';
import { workflowBundle } from './workflow-bundle';

/** Runs a worker until it is asked to stop. Tells a parent process `ready` once it polls. */
async function main(): Promise<void> {
  const config = loadConfig();
  const logger = pino({ level: config.logLevel });
  Runtime.install({
    logger: {
      log: (level, message, meta) => logger[toPinoLevel(level)](meta ?? {}, message),
      trace: (message, meta) => logger.trace(meta ?? {}, message),
      debug: (message, meta) => logger.debug(meta ?? {}, message),
      info: (message, meta) => logger.info(meta ?? {}, message),
      warn: (message, meta) => logger.warn(meta ?? {}, message),
      error: (message, meta) => logger.error(meta ?? {}, message),
    },
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  });
  logger.info(whoDecides(config.model));
  const { connectionOptions, namespace, taskQueue } = config.temporal;
  const connection = await NativeConnection.connect(connectionOptions);
  const dependencies = await createDependencies(config);
  const worker = await createWorker({
    connection,
    namespace,
    taskQueue,
    workflows: { workflowBundle: await workflowBundle() },
    dependencies,
  });
  await warmUp();
  const running = worker.run();
  process.send?.('ready');
  try {
    await running;
  } finally {
    await dependencies.close();
    await connection.close();
  }
}

/** The template checker compiles itself at its first use, which takes a second: before the first deployment, not during it. */
async function warmUp(): Promise<void> {
  const ref = { account: 'default', region: 'us-east-1', kind: 'base', name: 'warm-up' } as const;
  const template = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
  await validateTemplates([{ ref, template }]);
}

function toPinoLevel(level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR') {
  return level.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

main().catch((error) => {
  const foreseen = error instanceof ClientProblem;
  console.error(foreseen ? `error: ${error.message}` : error);
  process.exitCode = foreseen ? exitCodeOfProblem(error.code) : EXIT.failed;
});
