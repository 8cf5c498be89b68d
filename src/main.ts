#!/usr/bin/env node
import { Command } from 'commander';
import { serveCommand } from './commands/serve.ts';
import { version } from './commands/version.ts';

await new Command('pod-hardener').version(version).addCommand(serveCommand()).parseAsync();
