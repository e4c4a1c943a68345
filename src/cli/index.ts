#!/usr/bin/env node
/**
 * The command line: npx tfjs-qutlass <setup|build|doctor|quantize|inspect|compare>.
 *
 * Exit status: 0 done, 1 failed, 2 a mistake in the command line.
 */
import { type Command, UsageError, commandHelp, parseOptions, programHelp } from './arguments';
import { build } from './commands/build';
import { compare } from './commands/compare';
import { doctor } from './commands/doctor';
import { inspect } from './commands/inspect';
import { quantize } from './commands/quantize';
import { setup } from './commands/setup';
import { StepError } from './steps/step_error';

const COMMANDS: readonly Command[] = [setup, build, doctor, quantize, inspect, compare];

function findCommand(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const kind = name.startsWith('-') ? 'option' : 'command';
  throw new UsageError(`unknown ${kind} '${name}'`);
}

async function runCommand(name: string, args: string[]): Promise<number> {
  const command = findCommand(name);
  const values = parseOptions(command, args);
  if (values.help === true) {
    console.log(commandHelp(command));
    return 0;
  }
  return command.run(values);
}

/** Of the errors of loading the package, or a model; by name: what is thrown may be another copy's. */
function describeLoading({ name, message }: Error): string | undefined {
  if (name === 'QutlassModelError') return `tfjs-qutlass: ${message}`;
  return name === 'QutlassLoadError' ? message : undefined;
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const help = programHelp(COMMANDS);
    if (name !== undefined) console.log(help);
    else console.error(help);
    return name === undefined ? 2 : 0;
  }
  try {
    return await runCommand(name, args);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`tfjs-qutlass: ${error.message}; npx tfjs-qutlass --help says what there is`);
      return 2;
    }
    if (error instanceof StepError) {
      console.error(error.describe());
      return 1;
    }
    const description = describeLoading(error as Error);
    if (description !== undefined) {
      console.error(description);
      return 1;
    }
    throw error;
  }
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
