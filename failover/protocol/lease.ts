/** Who may take writes. Kept in a store that changes it one compare-and-set at a time. */
export interface Lease {
  /** undefined: nobody, the last holder has proven that its database is gone */
  holder: string | undefined;
  /** raised whenever the holder changes; whoever carries an older one is refused */
  epoch: number;
  /** raised by every renewal: whoever watches sees that the holder is alive */
  renewal: number;
}

export const NO_LEASE: Lease = { holder: undefined, epoch: 0, renewal: 0 };

/** A change of the lease: the new value, or undefined when the present one does not allow it. */
export type LeaseChange = (present: Lease) => Lease | undefined;

/** The holder goes on. Refused once anybody else holds it, or it was given up. */
export function renewed(holder: string, epoch: number): LeaseChange {
  return (present) =>
    present.holder === holder && present.epoch === epoch ? { ...present, renewal: present.renewal + 1 } : undefined;
}

/** The holder gives up, with its database gone: nobody has to wait for the lease to run out. */
export function released(holder: string, epoch: number): LeaseChange {
  return (present) =>
    present.holder === holder && present.epoch === epoch
      ? { ...present, holder: undefined, renewal: present.renewal + 1 }
      : undefined;
}

/** Somebody else becomes the holder, if nothing has changed since it was seen to be silent or given up. */
export function takenOver(seen: Lease, holder: string, epoch = seen.epoch + 1): LeaseChange {
  return (present) => (sameLease(present, seen) && epoch > present.epoch ? { holder, epoch, renewal: 0 } : undefined);
}

/** The next holder takes the lease from one that has stopped for it. It may have been renewed since; nobody else has it. */
export function handedOver(
  from: { holder: string; epoch: number },
  to: { holder: string; epoch: number },
): LeaseChange {
  return (present) =>
    present.holder === from.holder && present.epoch === from.epoch && to.epoch > present.epoch
      ? { ...to, renewal: 0 }
      : undefined;
}

export function sameLease(a: Lease, b: Lease): boolean {
  return a.holder === b.holder && a.epoch === b.epoch && a.renewal === b.renewal;
}
