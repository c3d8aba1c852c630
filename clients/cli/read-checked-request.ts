import { adviceProblems } from '../../policies/advice-problems';
import { advise } from '../../skills/multicloud-strategy-advisor/skill';
import { checkRequestValue, type RequestFile, readRequestFile, readRequestText } from '../request-file';

/** A request file with all checks that need no server, the advisor's included: whether any topology can satisfy it. */
export async function readCheckedRequest(path: string): Promise<RequestFile> {
  return withAdvice(await readRequestFile(path));
}

/** The same for a request that came as text. */
export function readCheckedText(text: string): RequestFile {
  return withAdvice(readRequestText(text));
}

/** The same for a request that is plain data already. */
export function readCheckedValue(value: unknown): RequestFile {
  return withAdvice(checkRequestValue(value));
}

function withAdvice(read: RequestFile): RequestFile {
  if ('problems' in read) return read;
  const problems = adviceProblems(read.request, advise(read.request));
  return problems.length > 0 ? { problems } : read;
}
