import { constants } from 'node:os';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What to undo, in reverse order, however the program ends. */
export class Cleanup {
  private readonly tasks: (() => void)[] = [];

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as Signal[]) {
      process.once(signal, () => this.stop(signal));
    }
  }

  /** @param task synchronous, as a signal's handler must be; harmless where there is nothing. */
  add(task: () => void): void {
    this.tasks.push(task);
  }

  run(): void {
    for (let task = this.tasks.pop(); task !== undefined; task = this.tasks.pop()) task();
  }

  private stop(signal: Signal): never {
    this.run();
    process.stderr.write('\nstopped; nothing was left behind\n');
    process.exit(128 + constants.signals[signal]);
  }
}
