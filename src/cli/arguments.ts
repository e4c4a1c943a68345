/** Command lines: options declared once, for parsing and for --help. */
import { parseArgs } from 'node:util';

/** A mistake in the command line: one line and exit status 2. */
export class UsageError extends Error {}

export interface OptionSpec {
  description: string;
  /** A flag where undefined, else what stands for the value in --help: 'DIR', 'auto|on|off'. */
  value?: string;
  default?: string;
}

export type OptionValues = Record<string, string | boolean | undefined>;

export interface Command {
  name: string;
  /** One line, for the list of commands. */
  summary: string;
  /** What --help adds. */
  description: string;
  options: Record<string, OptionSpec>;
  /** Answers the exit status. */
  run(values: OptionValues): Promise<number>;
}

const HELP: OptionSpec = { description: 'show this help' };

/** The first sentence, in the manner of our own messages; Node's go on with advice. */
function firstSentence(message: string): string {
  const sentence = message.split('. ')[0] ?? message;
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/** A value of the form 'a|b|c' lists all that is allowed. */
function checkChoice(option: string, value: unknown, spec: OptionSpec): void {
  const choices = spec.value?.split('|') ?? [];
  if (choices.length > 1 && typeof value === 'string' && !choices.includes(value)) {
    throw new UsageError(`--${option} is '${value}', expected one of ${choices.join(', ')}`);
  }
}

/** Parses a command's arguments. Throws UsageError. */
export function parseOptions(command: Command, args: string[]): OptionValues {
  const specs = { ...command.options, help: HELP };
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      {
        type: spec.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(spec.default === undefined ? {} : { default: spec.default }),
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  let values: OptionValues;
  try {
    values = parseArgs({ args, options, allowPositionals: false }).values as OptionValues;
  } catch (error) {
    throw new UsageError(firstSentence((error as Error).message));
  }
  for (const [name, spec] of Object.entries(specs)) checkChoice(name, values[name], spec);
  return values;
}

function optionLines(options: Record<string, OptionSpec>): string[] {
  const named = Object.entries(options).map(([name, spec]) => ({
    left: spec.value === undefined ? `--${name}` : `--${name} ${spec.value}`,
    right: spec.description + (spec.default ? ` (default: ${spec.default})` : ''),
  }));
  const width = Math.max(...named.map(({ left }) => left.length));
  return named.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`);
}

/** What `npx tfjs-qutlass <command> --help` prints. */
export function commandHelp(command: Command): string {
  return [
    `Usage: npx tfjs-qutlass ${command.name} [options]`,
    '',
    command.description,
    '',
    'Options:',
    ...optionLines({ ...command.options, help: HELP }),
  ].join('\n');
}

/** What `npx tfjs-qutlass --help` prints. */
export function programHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Usage: npx tfjs-qutlass <command> [options]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'npx tfjs-qutlass <command> --help lists the options of a command.',
  ].join('\n');
}
