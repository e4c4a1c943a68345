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
      guest: { value: 'NAME', multiple: true, description: 'who else has some' },
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

  it('may come without names, and several times', () => {
    const described = { leaves: 'of which tea', pot: 'made where' };
    const brewing: Command = { ...command, arguments: described };
    const given = ['green', '--guest', 'a', 'blue one', '--guest=b'];
    expect({ ...parseOptions(brewing, given) }).toEqual({
      milk: 'auto',
      leaves: 'green',
      pot: 'blue one',
      guest: ['a', 'b'],
    });
    const parse = (args: string[]) => () => parseOptions(brewing, args);
    expect(parse(['green'])).toThrowError(UsageError, 'brew: <pot> is missing');
    expect(parse([])).toThrowError(UsageError, 'brew: <leaves> and <pot> are missing');
    expect(parse(['a', 'b', 'c'])).toThrowError(UsageError, "unexpected argument 'c'");
    expect(parse(['--help'])).not.toThrow();
    expect(commandHelp(brewing)).toContain('brew <leaves> <pot> [options]');
    expect(commandHelp(brewing)).toContain('  <leaves>  of which tea\n  <pot>     made where\n');
  });

  it('may be lists, of what is allowed', () => {
    const list: Command = {
      ...command,
      options: {
        sizes: { value: 'N', list: true, default: '1 2', description: 'how many' },
        teas: { value: 'NAME', choices: ['green', 'black'], list: true, description: 'which' },
        strong: { description: 'twice the leaves' },
      },
    };
    expect(parseOptions(list, []).sizes).toEqual(['1', '2']);
    const given = ['--sizes', '3', '4,5', '--strong', '--teas=green,black', '--sizes', '6'];
    expect({ ...parseOptions(list, given) }).toEqual({
      sizes: ['3', '4', '5', '6'],
      strong: true,
      teas: ['green', 'black'],
    });
    const parse = (args: string[]) => () => parseOptions(list, args);
    expect(parse(['--teas', 'green', 'red'])).toThrowError(
      UsageError,
      "--teas is 'red', expected one of green, black",
    );
    expect(parse(['--sizes', '--strong'])).toThrowError(UsageError, '--sizes has no value');
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
  it('ends with 2 and one line for a mistake in the command line', async () => {
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
  });

  it('explains itself', async () => {
    const [help, setupHelp] = await Promise.all([run(['--help']), run(['setup', '--help'])]);
    expect([help.status, setupHelp.status]).toEqual([0, 0]);
    for (const name of ['setup', 'build', 'doctor', 'quantize', 'inspect', 'compare']) {
      expect(help.stdout).toContain(`  ${name} `);
    }
    expect(setupHelp.stdout).toContain('--gpu');
  });
});
