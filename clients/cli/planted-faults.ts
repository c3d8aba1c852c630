import { type PlantedFault, plantedFaultSchema } from '../../lab/daemon/daemon-protocol';
import { ClientProblem } from '../client-problem';

/** `refuse-apply:eu-west-1:data`, `pause-replay:us-east-1`: faults that wait in the lab for their moment. */
export function parsePlantedFaults(texts: string[]): PlantedFault[] {
  return texts.map((text) => {
    const [kind, region, stack] = text.split(':');
    const parsed = plantedFaultSchema.safeParse({ kind, region, ...(stack !== undefined && { stack }) });
    if (!parsed.success)
      throw new ClientProblem(
        'bad-input',
        `--plant is "${text}"`,
        'valid: refuse-apply:REGION:STACK (base, connectivity, data, preview, global) or pause-replay:REGION',
      );
    return parsed.data;
  });
}
