import { secretArn } from './store-credentials';
import { type Json, sub } from './template';

/**
 * How a request names a secret: an ARN, a parameter store path (begins with a slash), or a Secrets Manager name.
 * Only the reference is ever rendered.
 */
export function secretValueFrom(from: string): Json {
  if (from.startsWith('arn:')) return from;
  return sub(from.startsWith('/') ? parameterArn(from) : secretArn(from));
}

/** The statement that lets a task read exactly this secret. */
export function secretReadStatement(from: string): Json {
  if (from.startsWith('arn:'))
    return { Effect: 'Allow', Action: [actionForArn(from)], Resource: [withoutJsonKey(from)] };
  return from.startsWith('/')
    ? { Effect: 'Allow', Action: ['ssm:GetParameters'], Resource: [sub(parameterArn(from))] }
    : { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: [sub(secretArn(from, '-??????'))] };
}

function parameterArn(path: string): string {
  return `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter${path}`;
}

function actionForArn(arn: string): string {
  return arn.split(':')[2] === 'ssm' ? 'ssm:GetParameters' : 'secretsmanager:GetSecretValue';
}

/** `…:secret:name-AbCdEf:key::` names one key of a secret; the permission is for the secret. */
function withoutJsonKey(arn: string): string {
  return arn
    .split(':')
    .slice(0, arn.split(':')[2] === 'ssm' ? 6 : 7)
    .join(':');
}
