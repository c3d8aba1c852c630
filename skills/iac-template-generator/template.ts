import type { SymbolicParameter } from '../../contracts/stack';
import { TEMPLATE_METADATA } from '../../contracts/template-words';
import type { RenderedStack } from './schema';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface TemplateResource {
  Type: string;
  Metadata?: Json;
  Condition?: string;
  DependsOn?: string[];
  DeletionPolicy?: 'Delete' | 'RetainExceptOnCreate' | 'Snapshot';
  UpdateReplacePolicy?: 'Delete' | 'Retain' | 'Snapshot';
  Properties?: { [property: string]: Json };
}

export type Resources = Record<string, TemplateResource>;

/** A parameter of a template: what CloudFormation declares, and what Meridian passes (nothing: the default holds). */
export interface TemplateParameter {
  Type: string;
  Description: string;
  Default?: string;
  AllowedValues?: string[];
  pass?: SymbolicParameter;
}

export interface TemplateParts {
  description: string;
  metadata: { [key: string]: Json };
  parameters: Record<string, TemplateParameter>;
  conditions?: Record<string, Json>;
  resources: Resources;
  outputs: Record<string, { Description: string; Value: Json }>;
}

/** CloudFormation takes a template in the request up to this size (bytes); larger ones must go through S3. */
const INLINE_TEMPLATE_BYTES = 51_200;

/** Makes the text of a template. Equal parts give equal bytes: nothing here depends on time, order of maps or chance. */
export function renderStack(parts: TemplateParts): RenderedStack {
  const passed: Record<string, SymbolicParameter> = {};
  const declared: Record<string, Omit<TemplateParameter, 'pass'>> = {};
  for (const [name, { pass, ...declaration }] of Object.entries(parts.parameters)) {
    declared[name] = declaration;
    if (pass) passed[name] = pass;
  }
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: parts.description,
    Metadata: { [TEMPLATE_METADATA]: parts.metadata },
    ...(Object.keys(declared).length > 0 ? { Parameters: declared } : {}),
    ...(parts.conditions ? { Conditions: parts.conditions } : {}),
    Resources: parts.resources,
    Outputs: parts.outputs,
  };
  return {
    template: templateText(template),
    parameters: passed,
    resources: Object.keys(parts.resources).length,
  };
}

/** Indented for people while it fits into a request, compact when only that does. */
function templateText(template: object): string {
  const indented = `${JSON.stringify(template, null, 1)}\n`;
  return Buffer.byteLength(indented) <= INLINE_TEMPLATE_BYTES ? indented : JSON.stringify(template);
}

export function ref(logicalId: string): Json {
  return { Ref: logicalId };
}

export function getAtt(logicalId: string, attribute: string): Json {
  return { 'Fn::GetAtt': [logicalId, attribute] };
}

export function sub(text: string): Json {
  return { 'Fn::Sub': text };
}

export function tags(entries: Record<string, string>): Json {
  return Object.entries(entries).map(([Key, Value]) => ({ Key, Value }));
}
