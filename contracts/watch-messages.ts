import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { AcknowledgeAlertInput, Alert, AlertBook } from './alert';
import type { HealthMatrix } from './health-matrix';

/** To a watch: the health of its deployment; undefined before the first check. */
export const healthMatrixQuery = defineQuery<HealthMatrix | undefined>('healthMatrix');

/** To a watch: its alerts and what people were told about them. */
export const alertsQuery = defineQuery<AlertBook>('alerts');

/** To a watch: somebody looks after an alert. Returns the alert; refused for one that is not open. */
export const acknowledgeAlertUpdate = defineUpdate<Alert, [AcknowledgeAlertInput]>('acknowledgeAlert');
