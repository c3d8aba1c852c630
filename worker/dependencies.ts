import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { ActivityDependencies } from '../activities/dependencies';
import { FileArtifactStore } from '../activities/store/file-artifact-store';
import { FileDeploymentStore } from '../activities/store/file-deployment-store';
import { createTakeModelTurn } from '../activities/take-model-turn';
import { createAnthropicModel } from '../agents/models/anthropic-model';
import type * as BedrockModelModule from '../agents/models/bedrock-model';
import type { Model } from '../agents/models/model';
import { loopModel } from '../agents/models/model-config';
import { signedOperation } from '../clients/signing/signer';
import { readSigner } from '../clients/signing/signing-key';
import type { PlatformKind } from '../contracts/region';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes';
import { dataConverter } from '../payload-codec';
import type * as AwsPlatformModule from '../platforms/aws/aws-platform';
import { createLabPlatform } from '../platforms/lab/lab-platform';
import type { Platform } from '../platforms/platform';
import { PlatformError } from '../platforms/platform-error';
import type { MeridianConfig } from '../temporal.config';
import { readApprovers } from './read-approvers';

/** The composition root: the only place where adapters are chosen. */
export async function createDependencies(
  config: MeridianConfig,
): Promise<ActivityDependencies & { close(): Promise<void> }> {
  const connection = await Connection.connect(config.temporal.connectionOptions);
  const client = new Client({ connection, namespace: config.temporal.namespace, dataConverter });
  const platforms = configuredPlatforms(config);
  const { takeModelTurn, model } = configuredModel(config);
  const signer = config.signing.keyFile === undefined ? undefined : await readSigner(config.signing.keyFile);
  return {
    records: new FileDeploymentStore(path.join(config.home, 'records')),
    artifacts: new FileArtifactStore(path.join(config.home, 'artifacts')),
    platform: (kind) => {
      const platform = platforms.get(kind);
      if (platform) return platform;
      const known = [...platforms.keys()].join(', ') || 'none';
      throw new PlatformError(
        'Platform.Refused',
        `platform "${kind}" is not configured on this worker; configured: ${known}`,
      );
    },
    takeModelTurn,
    settings: {
      ...(model && { model }),
      ...(config.onModelFailure && { onModelFailure: config.onModelFailure }),
      ...(config.signing.approversFile && { approvers: await readApprovers(config.signing.approversFile) }),
      watch: true,
      searchable: await knowsSearchAttributes(client, config.temporal.namespace),
    },
    ...(signer && { signOperation: (operation, key) => signedOperation(signer, operation, key) }),
    client,
    reportDirectory: path.join(config.home, 'reports'),
    now: () => new Date(),
    close: async () => {
      for (const platform of platforms.values()) platform.close?.();
      await connection.close();
    },
  };
}

function configuredPlatforms({ lab, aws }: MeridianConfig): Map<PlatformKind, Platform> {
  const platforms = new Map<PlatformKind, Platform>();
  if (lab.url) platforms.set('lab', createLabPlatform({ daemonUrl: lab.url }));
  if (aws) {
    // Loaded when it is needed: a worker without AWS does not pay for the SDK.
    const { createAwsPlatform }: typeof AwsPlatformModule = require('../platforms/aws/aws-platform');
    platforms.set('aws', createAwsPlatform(aws));
  }
  return platforms;
}

function configuredModel({ model }: MeridianConfig) {
  return { model: loopModel(model), takeModelTurn: createTakeModelTurn({ model: modelClient(model) }) };
}

function modelClient(model: MeridianConfig['model']): Model | undefined {
  switch (model.provider) {
    case 'rules':
      return undefined;
    case 'anthropic':
      return createAnthropicModel(model);
    case 'bedrock': {
      // Loaded when it is needed: a worker without Bedrock does not pay for the SDK.
      const { createBedrockModel }: typeof BedrockModelModule = require('../agents/models/bedrock-model');
      return createBedrockModel(model);
    }
  }
}

/** A server without our search attributes refuses to start workflows that carry them: then we do without. */
async function knowsSearchAttributes(client: Client, namespace: string): Promise<boolean> {
  const known = await client.connection.operatorService.listSearchAttributes({ namespace }).catch(() => undefined);
  return SEARCH_ATTRIBUTES.every(({ name }) => name in (known?.customAttributes ?? {}));
}
