/** `npm run demo [-- --json] [-- --keep]`: makes the checkout ready, then runs the demonstration (dev/demo.ts). */
import { createRequire } from 'node:module';
import './setup.mjs';

createRequire(import.meta.url)('../dist/dev/demo.js');
