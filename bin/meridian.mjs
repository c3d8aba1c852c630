#!/usr/bin/env node
import { createRequire } from 'node:module';
// In a checkout: installs and builds what is missing, in a few milliseconds when nothing is.
import '../scripts/setup.mjs';

createRequire(import.meta.url)('../dist/clients/cli/main.js');
