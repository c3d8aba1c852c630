import { isInside } from '../../../catalog/jurisdictions';
import type { SecurityRule } from '../schema';

/** Stores with personal data are kept, copies included, in regions of the jurisdictions that the request names. */
export const residencyOfData: SecurityRule = ({ specs, residency }) => {
  if (residency.jurisdictions.length === 0) return [];
  return specs
    .filter((spec) => !isInside(spec.region, residency.jurisdictions))
    .flatMap((spec) =>
      [...spec.databases, ...spec.globalStores.map((store) => ({ ...store, role: 'copy' }))]
        .filter((store) => residency.personalStores.includes(store.name))
        .map((store) => ({
          rule: 'residency',
          severity: 'high' as const,
          where: `${spec.region}/data/${store.name}`,
          message: `a ${store.role} of ${store.name}, which holds personal data, would be outside ${residency.jurisdictions.join(', ')}`,
          fix: `keep ${store.name} in regions of ${residency.jurisdictions.join(', ')}`,
        })),
    );
};
