import { stringify } from 'yaml';
import type { Approver } from '../../../contracts/approval';
import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { approverEntry, createSigningKey, readSigningKey, type SigningKey } from '../../signing/signing-key';
import { EXIT } from '../exit-codes';
import type { Terminal } from '../terminal';

/** `create` makes a key and says what to do with it; `show` prints the public half of the configured one. */
export async function runKeys(
  what: 'create' | 'show',
  { name, gateway = false }: { name?: string; gateway?: boolean },
  terminal: Terminal,
): Promise<number> {
  if (what === 'show') return showKey(terminal);
  if (name === undefined) throw new ClientProblem('bad-input', 'say whose key it is: meridian keys create --name NAME');
  return createKey(name, gateway, terminal);
}

/** The entry of the approvers' file is the only thing on `terminal.out`: it can be appended to it. */
async function createKey(name: string, gateway: boolean, terminal: Terminal): Promise<number> {
  const { signing } = loadConfig();
  const key = await createSigningKey(signing.keyFolder, name);
  terminal.err(`wrote ${key.file}: keep it to yourself\n`);
  terminal.err(`sign with it         export MERIDIAN_SIGNING_KEY=${key.file}\n`);
  terminal.err('let it count         add this entry to the approvers of the worker (MERIDIAN_APPROVERS)\n\n');
  terminal.out(entryText(key, name, gateway ? 'gateway' : 'person'));
  return EXIT.ok;
}

async function showKey(terminal: Terminal): Promise<number> {
  const { keyFile } = loadConfig().signing;
  if (keyFile === undefined)
    throw new ClientProblem(
      'bad-input',
      'MERIDIAN_SIGNING_KEY is not set: nothing is signed',
      'make a key with "meridian keys create --name NAME"',
    );
  const { file, keyId, publicKey } = await readSigningKey(keyFile);
  terminal.out(stringify({ file, keyId, publicKey }));
  return EXIT.ok;
}

function entryText(key: SigningKey, name: string, kind: Approver['kind']): string {
  return stringify([approverEntry(key, name, kind)]);
}
