import { condition } from '@temporalio/workflow';
import { mostDrained } from '../../policies/drain-limit';

/**
 * The regions of a live deployment that are taken out of answering while they are changed. Draining is one set per
 * hostname, so the calls go one after the other, each with the whole set.
 */
export class Drains {
  private readonly drained = new Set<string>();
  /** drained by an operation before this one: nobody here knows whether they could answer */
  private readonly adopted = new Set<string>();
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

  /** Regions that an earlier operation left drained. They stay so until `return` names them. */
  adopt(regions: readonly string[]): void {
    for (const region of regions) this.adopted.add(region);
  }

  /** Who was drained before this operation and still is. */
  stillAdopted(): string[] {
    return [...this.adopted].sort();
  }

  isAdopted(region: string): boolean {
    return this.adopted.has(region);
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
    this.adopted.delete(region);
    this.keptOut.add(region);
  }

  /** Whether a region answers nobody now, or may not. */
  isOut(region: string): boolean {
    return this.all().has(region);
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
   * @returns false when so many were kept out meanwhile that nobody would answer in its place any more
   */
  drain(region: string): Promise<boolean> {
    return this.exclusively(
      async () => {
        if (!this.canDrain(region)) return false;
        this.drained.add(region);
        await this.tell(`drain ${region}`);
        return true;
      },
      () => this.hasRoom() || !this.canDrain(region),
    );
  }

  /** Lets a region answer again. */
  async return(region: string): Promise<void> {
    await this.returnThese([region]);
  }

  /** Everybody whom this operation drained and who is not kept out answers again: the change was undone. */
  async returnAll(): Promise<void> {
    await this.returnThese([...this.drained, ...this.leaving]);
  }

  /** Regions that are destroyed: a later region of the same name must not begin drained. */
  async forget(gone: readonly string[]): Promise<void> {
    if (gone.length === 0) return;
    for (const region of gone) {
      this.leaving.delete(region);
      this.adopted.delete(region);
    }
    await this.exclusively(() => this.tell(`forget ${gone.join(', ')}: destroyed`));
  }

  private async returnThese(back: readonly string[]): Promise<void> {
    if (back.length === 0) return;
    await this.exclusively(async () => {
      for (const region of back) {
        this.drained.delete(region);
        this.adopted.delete(region);
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
    return this.answering().filter((region) => !this.isOut(region) || this.drained.has(region));
  }

  private all(): Set<string> {
    return new Set([...this.drained, ...this.adopted, ...this.leaving, ...this.keptOut]);
  }

  private tell(why: string): Promise<void> {
    return this.setDrained([...this.all()].sort(), why);
  }

  private async exclusively<R>(act: () => Promise<R>, when: () => boolean = () => true): Promise<R> {
    await condition(() => !this.busy && when());
    this.busy = true;
    try {
      return await act();
    } finally {
      this.busy = false;
    }
  }
}
