#!/usr/bin/env node
import { surviveBrokenOutput } from './commands/brokenOutput.ts';
import { run } from './commands/program.ts';

surviveBrokenOutput();
await run();
