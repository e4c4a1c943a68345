/** What a command is doing, a line a stage on a terminal; elsewhere nothing is said. */
import { Progress } from '../steps/progress';

export class Stages {
  private started = 0;

  constructor(
    private readonly count: number,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  async run<T>(label: string, work: (progress?: Progress) => T | Promise<T>): Promise<T> {
    this.started++;
    if (!this.stream.isTTY) return work();
    const progress = new Progress(this.stream, `[${this.started}/${this.count}] ${label}`);
    try {
      const result = await work(progress);
      progress.finish();
      return result;
    } catch (error) {
      progress.fail();
      throw error;
    }
  }
}
