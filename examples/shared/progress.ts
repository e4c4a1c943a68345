const BAR_WIDTH = 28;
const PLAIN_INTERVAL_MS = 10_000;

/**
 * Progress of one task on stderr: a bar that is redrawn where that is a terminal, else a line every
 * ten seconds.
 */
export class Progress {
  private readonly terminal = process.stderr.isTTY;
  private readonly start = performance.now();
  private lastLine = this.start;

  constructor(private readonly task: string) {}

  /**
   * The time left is that of the part left at the pace so far.
   *
   * @param part of the task that is done, 0…1
   */
  update(part: number, status: string): void {
    const now = performance.now();
    const shown = Math.min(1, part);
    const percent = `${Math.round(shown * 100)} %`;
    const seconds = ((now - this.start) * (1 - shown)) / shown / 1000;
    const left = Number.isFinite(seconds) ? `  ${Math.round(seconds)} s left` : '';
    if (this.terminal) {
      this.redraw(`${this.task} ${bar(shown)} ${percent.padStart(5)}  ${status}${left}`);
    } else if (now - this.lastLine >= PLAIN_INTERVAL_MS) {
      this.lastLine = now;
      process.stderr.write(`${this.task}: ${percent}  ${status}${left}\n`);
    }
  }

  end(summary: string): void {
    if (this.terminal) this.redraw('');
    process.stderr.write(`${this.task}: ${summary}\n`);
  }

  private redraw(line: string): void {
    const columns = process.stderr.columns || 80;
    process.stderr.write(`\r\x1b[2K${line.slice(0, columns - 1)}`);
  }
}

function bar(part: number): string {
  const filled = Math.round(part * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}
