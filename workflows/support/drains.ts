import { condition } from '@temporalio/workflow';
import { mostDrained } from '../../policies/drain-limit';

/**
 * The regions of a live deployment that are taken out of answering while they are changed. Draining is one set per
 * hostname, so the calls go one after the other, each with the whole set.
 */
export class Drains {
  private readonly drained = new Set<string>();
  private readonly leaving = new Set<string>();
  private readonly keptOut = new Set<string>();
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

  /** A region whose change went wrong and could not be undone: it answers nobody until somebody has looked at it. */
  keepOut(region: string): void {
    this.drained.delete(region);
    this.keptOut.add(region);
  }

  /** Whether a region answers nobody now, or may not. */
  isOut(region: string): boolean {
    return this.drained.has(region) || this.leaving.has(region) || this.keptOut.has(region);
  }

  /** Whether a region answers now and others would answer in its place. */
  canDrain(region: string): boolean {
    return this.staying().includes(region) && mostDrained(this.staying().length) > 0;
  }

  /** Whether `drain` would act at once instead of waiting for others to return. */
  hasRoom(): boolean {
    return this.drained.size < mostDrained(this.staying().length);
  }

  /**
   * Takes a region out as soon as enough others answer. When that fails it may have happened all the same: the region
   * counts as drained until it is told to answer again.
   */
  async drain(region: string): Promise<void> {
    await this.exclusively(
      async () => {
        this.drained.add(region);
        await this.tell(`drain ${region}`);
      },
      () => this.hasRoom(),
    );
  }

  /** Lets a region answer again. */
  async return(region: string): Promise<void> {
    await this.returnThese([region]);
  }

  /** Whoever was drained to be changed answers again; who leaves or is kept out does not. */
  async returnChanged(): Promise<void> {
    await this.returnThese([...this.drained]);
  }

  /** Everybody who is not kept out answers again: the change was undone. */
  async returnAll(): Promise<void> {
    await this.returnThese([...this.drained, ...this.leaving]);
  }

  /** Regions that are destroyed: a later region of the same name must not begin drained. */
  async forget(gone: readonly string[]): Promise<void> {
    if (gone.length === 0) return;
    for (const region of gone) this.leaving.delete(region);
    await this.exclusively(() => this.tell(`forget ${gone.join(', ')}: destroyed`));
  }

  private async returnThese(back: readonly string[]): Promise<void> {
    if (back.length === 0) return;
    await this.exclusively(async () => {
      for (const region of back) {
        this.drained.delete(region);
        this.leaving.delete(region);
      }
      try {
        await this.tell(`${back.join(', ')} answer${back.length === 1 ? 's' : ''} again`);
      } catch (error) {
        // Nobody knows whether they do: whoever comes next tells the whole set once more.
        for (const region of back) this.drained.add(region);
        throw error;
      }
    });
  }

  private staying(): string[] {
    return this.answering().filter((region) => !this.leaving.has(region) && !this.keptOut.has(region));
  }

  private tell(why: string): Promise<void> {
    return this.setDrained([...new Set([...this.drained, ...this.leaving, ...this.keptOut])].sort(), why);
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
