import type { PolicyStatement } from './build-policy';

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: PolicyStatement[];
}

/** IAM counts the characters of a managed policy without white space (IAM user guide, "IAM and AWS STS quotas"). */
export const MOST_CHARACTERS = 6_144;

/** Puts statements into as few documents as fit, in order. Throws for a statement that fits into none. */
export function policyDocuments(statements: PolicyStatement[]): PolicyDocument[] {
  const documents: PolicyDocument[] = [];
  for (const statement of statements) {
    const last = documents.at(-1);
    const wider = last && documentOf([...last.Statement, statement]);
    if (wider && sizeOf(wider) <= MOST_CHARACTERS) documents[documents.length - 1] = wider;
    else documents.push(documentOf([statement]));
    const [size, sid] = [sizeOf(documents.at(-1) as PolicyDocument), statement.Sid];
    if (size > MOST_CHARACTERS)
      throw new Error(`statement ${sid}: ${size} characters, IAM takes ${MOST_CHARACTERS}; split it`);
  }
  return documents;
}

export function sizeOf(document: PolicyDocument): number {
  return JSON.stringify(document).replaceAll(/\s/g, '').length;
}

function documentOf(Statement: PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement };
}
