import { condition } from '@temporalio/workflow';
import { mostDrained } from '../../policies/drain-limit';

/**
 * The regions of a live deployment that are taken out of answering while they are changed. Draining is one set per
 * hostname, so the calls go one after the other, each with the whole set.
 */
export class Drains {
  private readonly drained = new Set<string>();
  private readonly leaving = new Set<string>();
  private busy = false;

  /**
   * @param answering all regions that carry production traffic; empty for a first deployment
   * @param setDrained tells record and platform the whole set
   */
  constructor(
    private readonly answering: () => readonly string[],
    private readonly setDrained: (regions: string[], why: string) => Promise<void>,
  ) {}

  /** Regions that an earlier operation left drained: they answer again with the next call. */
  adopt(regions: readonly string[]): void {
    for (const region of regions) this.drained.add(region);
  }

  /** Takes regions out for good: they leave the deployment. They answer again only if `returnAll` is called. */
  async leave(regions: readonly string[]): Promise<void> {
    if (regions.length === 0) return;
    for (const region of regions) this.leaving.add(region);
    await this.exclusively(() => this.tell(`drain ${regions.join(', ')}: they leave`));
  }

  /** Whether a region answers now and others would answer in its place. */
  canDrain(region: string): boolean {
    const staying = this.answering().filter((other) => !this.leaving.has(other));
    return staying.includes(region) && mostDrained(staying.length) > 0;
  }

  /**
   * Takes a region out as soon as enough others answer. When that fails it may have happened all the same: the region
   * counts as drained until it is told to answer again.
   */
  async drain(region: string): Promise<void> {
    const enoughAnswer = () => this.drained.size < mostDrained(this.answering().length - this.leaving.size);
    await this.exclusively(async () => {
      this.drained.add(region);
      await this.tell(`drain ${region}`);
    }, enoughAnswer);
  }

  /** Lets a region answer again. */
  async return(region: string): Promise<void> {
    await this.exclusively(async () => {
      this.drained.delete(region);
      await this.tell(`${region} answers again`);
    });
  }

  /** Whoever was drained to be changed answers again, except those; who leaves stays out. */
  async returnChanged(except: readonly string[] = []): Promise<void> {
    await this.returnThese([...this.drained], except);
  }

  /** Everybody answers again, except those: the change was undone. */
  async returnAll(except: readonly string[] = []): Promise<void> {
    await this.returnThese([...this.drained, ...this.leaving], except);
  }

  private async returnThese(regions: readonly string[], except: readonly string[]): Promise<void> {
    const back = regions.filter((region) => !except.includes(region));
    if (back.length === 0) return;
    await this.exclusively(async () => {
      for (const region of back) {
        this.drained.delete(region);
        this.leaving.delete(region);
      }
      await this.tell(`${back.join(', ')} answer again`);
    });
  }

  private tell(why: string): Promise<void> {
    return this.setDrained([...new Set([...this.drained, ...this.leaving])].sort(), why);
  }

  private async exclusively(act: () => Promise<void>, when: () => boolean = () => true): Promise<void> {
    await condition(() => !this.busy && when());
    this.busy = true;
    try {
      await act();
    } finally {
      this.busy = false;
    }
  }
}
