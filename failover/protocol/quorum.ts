/** How acknowledged writes are spread: each one is held by at least `n` of the `standbys` that are counted. */
export interface Quorum {
  standbys: number;
  /** standbys that a commit waits for; 0 when it waits for none (asynchronous) */
  n: number;
}

/**
 * So many standbys must be visible before the most advanced of them may be elected: more than `standbys - n`, or all
 * that hold an acknowledged write may be among the unseen. Where commits wait for nobody, nothing that is acknowledged is
 * promised to be anywhere else, and one is enough; likewise where more are wanted than there are, because then commits
 * wait for all of them.
 */
export function electionNeeds({ standbys, n }: Quorum): number {
  return n === 0 ? 1 : Math.max(1, standbys - n + 1);
}
