import { Cleanup } from './cleanup';

/** What an example's command line is made of. */
export interface Program<Options> {
  usage: string;
  /** The options, or null where help was asked for; throws where one is unknown or invalid. */
  parse: (args: string[]) => Options | null;
  run: (options: Options, cleanup: Cleanup) => Promise<void>;
}

/** Runs a program on this process's arguments; an error is one line, and exit status 1. */
export async function main<Options>({ usage, parse, run }: Program<Options>): Promise<void> {
  const cleanup = new Cleanup();
  try {
    const options = parse(process.argv.slice(2));
    if (options === null) process.stdout.write(usage);
    else await run(options, cleanup);
  } catch (error) {
    process.stderr.write(`\n${(error as Error).message}\n`);
    process.exitCode = 1;
  } finally {
    cleanup.run();
  }
}
