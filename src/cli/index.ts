#!/usr/bin/env node
/**
 * The command line: npx tfjs-qutlass <setup|build|doctor|quantize|inspect|compare|bench>.
 *
 * Exit status: 0 done, 1 failed, 2 a mistake in the command line, 128 and the signal's number where
 * one ended it.
 */
import { type Command, UsageError, commandHelp, parseOptions, programHelp } from './arguments';
import { bench } from './commands/bench';
import { benchCompare } from './commands/bench_compare';
import { benchPage } from './commands/bench_page';
import { build } from './commands/build';
import { compare } from './commands/compare';
import { doctor } from './commands/doctor';
import { inspect } from './commands/inspect';
import { quantize } from './commands/quantize';
import { setup } from './commands/setup';
import { StepError } from './steps/step_error';

const COMMANDS: readonly Command[] = [
  ...[setup, build, doctor, quantize, inspect, compare],
  ...[bench, benchCompare, benchPage],
];

/** Some names are of two words. */
function joinName([first, second, ...others]: string[]): string[] {
  const joined = `${first} ${second}`;
  if (COMMANDS.some(({ name }) => name === joined)) return [joined, ...others];
  return [first, second, ...others].filter((arg) => arg !== undefined);
}

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

void main(joinName(process.argv.slice(2))).then((status) => {
  process.exitCode = status;
});
