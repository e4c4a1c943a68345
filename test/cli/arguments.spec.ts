import { type Command, UsageError, commandHelp, parseOptions } from '../../src/cli/arguments';
import { run } from './command_line';

describe('arguments', () => {
  const command: Command = {
    name: 'brew',
    summary: 'make tea',
    description: 'Makes tea.',
    options: {
      strong: { description: 'twice the leaves' },
      milk: { value: 'auto|yes|no', default: 'auto', description: 'whether with milk' },
      cup: { value: 'NAME', description: 'whose cup' },
    },
    run: () => Promise.resolve(0),
  };

  it('are parsed by their declarations', () => {
    expect({ ...parseOptions(command, []) }).toEqual({ milk: 'auto' });
    expect({ ...parseOptions(command, ['--strong', '--milk', 'no', '--cup=mine']) }).toEqual({
      strong: true,
      milk: 'no',
      cup: 'mine',
    });
    expect({ ...parseOptions(command, ['-h']) }.help).toBeTrue();
  });

  it('that are wrong are named', () => {
    const mistakes: [string[], string][] = [
      [['--sugar'], "unknown option '--sugar'"],
      [['now'], "unexpected argument 'now'"],
      [['--milk', 'oat'], "--milk is 'oat', expected one of auto, yes, no"],
      [['--strong=very'], "option '-strong' does not take an argument"],
    ];
    for (const [args, message] of mistakes) {
      const parse = () => parseOptions(command, args);
      expect(parse).toThrowError(UsageError, new RegExp(message.replace('-strong', '.*--strong')));
    }
  });

  it('are listed by --help', () => {
    const help = commandHelp(command);
    expect(help).toContain('Usage: npx tfjs-qutlass brew [options]');
    expect(help).toContain('--milk auto|yes|no  whether with milk (default: auto)');
    expect(help).toContain('--strong            twice the leaves');
    expect(help).toContain('--help');
  });
});

describe('the program', () => {
  /** Whole programs start here, on machines that may be busy. */
  const PATIENCE_MS = 60_000;

  it(
    'ends with 2 and one line for a mistake in the command line',
    async () => {
      const outcomes = await Promise.all([
        run(['biuld']),
        run(['build', '--arch', 'ampere']),
        run(['--verbose']),
      ]);
      const [command, option, early] = outcomes;
      for (const { status, stdout, stderr } of outcomes) {
        expect(status).toBe(2);
        expect(stdout).toBe('');
        expect(stderr.trim().split('\n').length).toBe(1);
      }
      expect(command.stderr).toContain("unknown command 'biuld'");
      expect(option.stderr).toContain("--arch is 'ampere', expected compute capabilities");
      expect(early.stderr).toContain("unknown option '--verbose'");
    },
    PATIENCE_MS,
  );

  it(
    'explains itself',
    async () => {
      const [help, setupHelp] = await Promise.all([run(['--help']), run(['setup', '--help'])]);
      expect([help.status, setupHelp.status]).toEqual([0, 0]);
      for (const name of ['setup', 'build', 'doctor']) expect(help.stdout).toContain(`  ${name} `);
      expect(setupHelp.stdout).toContain('--gpu');
    },
    PATIENCE_MS,
  );
});
