/** Command lines: options declared once, for parsing and for --help. */
import { parseArgs } from 'node:util';

/** A mistake in the command line: one line and exit status 2. */
export class UsageError extends Error {}

export interface OptionSpec {
  description: string;
  /** A flag where undefined, else what stands for the value in --help: 'DIR', 'auto|on|off'. */
  value?: string;
  /** All that is allowed, where `value` does not list it. */
  choices?: readonly string[];
  default?: string;
  /** May be given several times: its value is a list. */
  multiple?: boolean;
  /** The same, and several values may follow one name: `--sizes 1 2 4` or `--sizes 1,2,4`. */
  list?: boolean;
}

export type OptionValues = Record<string, string | string[] | boolean | undefined>;

export interface Command {
  name: string;
  /** One line, for the list of commands. */
  summary: string;
  /** What --help adds. */
  description: string;
  /** What each argument without a name is, in order: all are needed, and none may share an option's name. */
  arguments?: Record<string, string>;
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

/** A value of the form 'a|b|c' lists all that is allowed, if `choices` does not. */
function checkChoice(option: string, value: OptionValues[string], spec: OptionSpec): void {
  const choices = spec.choices ?? spec.value?.split('|') ?? [];
  const given = [value].flat().filter((item) => typeof item === 'string');
  const wrong = given.find((item) => !choices.includes(item));
  if (choices.length > 1 && wrong !== undefined) {
    throw new UsageError(`--${option} is '${wrong}', expected one of ${choices.join(', ')}`);
  }
}

function listItems(text: string): string[] {
  return text.split(/[,\s]+/).filter((item) => item !== '');
}

/** The same arguments with one value a name: `--sizes=1 --sizes=2` for `--sizes 1 2`. */
function spreadLists(args: string[], specs: Record<string, OptionSpec>): string[] {
  const spread: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [, name, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(args[i]) ?? [];
    if (name === undefined || specs[name]?.list !== true) {
      spread.push(args[i]);
      continue;
    }
    const values = value === undefined ? [] : listItems(value);
    while (value === undefined && i + 1 < args.length && !args[i + 1].startsWith('-')) {
      values.push(...listItems(args[++i]));
    }
    if (values.length === 0) throw new UsageError(`--${name} has no value`);
    spread.push(...values.map((item) => `--${name}=${item}`));
  }
  return spread;
}

function defaultOf({ default: value, multiple, list }: OptionSpec): object {
  if (value === undefined) return {};
  return { default: multiple || list ? listItems(value) : value };
}

/** By name, the arguments that have none on the command line. */
function nameArguments(command: Command, given: string[]): OptionValues {
  const names = Object.keys(command.arguments ?? {});
  if (given.length > names.length) {
    throw new UsageError(`unexpected argument '${given[names.length]}'`);
  }
  const missing = names.slice(given.length).map((name) => `<${name}>`);
  if (missing.length > 0) {
    const are = missing.length === 1 ? 'is' : 'are';
    throw new UsageError(`${command.name}: ${missing.join(' and ')} ${are} missing`);
  }
  return Object.fromEntries(names.map((name, index) => [name, given[index]]));
}

/** Parses a command's arguments. Throws UsageError. */
export function parseOptions(command: Command, args: string[]): OptionValues {
  const specs = { ...command.options, help: HELP };
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      {
        type: spec.value === undefined ? ('boolean' as const) : ('string' as const),
        ...defaultOf(spec),
        ...(spec.multiple || spec.list ? { multiple: true } : {}),
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  const allowPositionals = command.arguments !== undefined;
  let values: OptionValues;
  let positionals: string[];
  try {
    const parsed = parseArgs({ args: spreadLists(args, specs), options, allowPositionals });
    positionals = parsed.positionals;
    values = parsed.values as OptionValues;
  } catch (error) {
    throw new UsageError(firstSentence((error as Error).message));
  }
  for (const [name, spec] of Object.entries(specs)) checkChoice(name, values[name], spec);
  return values.help === true ? values : { ...values, ...nameArguments(command, positionals) };
}

function argumentLines(specs: Record<string, string>): string[] {
  const named = Object.entries(specs);
  if (named.length === 0) return [];
  const width = Math.max(...named.map(([name]) => name.length + 2));
  const lines = named.map(([name, what]) => `  ${`<${name}>`.padEnd(width)}  ${what}`);
  return ['Arguments:', ...lines, ''];
}

const HELP_WIDTH = 100;

/** Lines of words, none longer than `width` if it can be helped. */
function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = `${lines[lines.length - 1]} ${word}`.trimStart();
    if (line.length <= width || line === word) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}

function optionLines(options: Record<string, OptionSpec>): string[] {
  const named = Object.entries(options).map(([name, spec]) => ({
    left: spec.value === undefined ? `--${name}` : `--${name} ${spec.value}`,
    right: spec.description + (spec.default ? ` (default: ${spec.default})` : ''),
  }));
  const width = Math.max(...named.map(({ left }) => left.length));
  return named.flatMap(({ left, right }) =>
    wrap(right, HELP_WIDTH - width - 4).map(
      (line, i) => `  ${(i === 0 ? left : '').padEnd(width)}  ${line}`,
    ),
  );
}

/** What `npx tfjs-qutlass <command> --help` prints. */
export function commandHelp(command: Command): string {
  const named = Object.keys(command.arguments ?? {}).map((name) => ` <${name}>`);
  return [
    `Usage: npx tfjs-qutlass ${command.name}${named.join('')} [options]`,
    '',
    command.description,
    '',
    ...argumentLines(command.arguments ?? {}),
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
