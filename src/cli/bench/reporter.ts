/** Tells of a run: a bar on a terminal, else a line a cell; and a table when a layer is done. */
import { Progress } from '../steps/progress';
import type { Measurement } from './results';
import type { Audience } from './run';
import { type Shape, shapeTitle } from './shapes';
import { formatRatio, formatTime, layerTable, speedUps } from './table';

export class Reporter implements Audience {
  /** Results of ours that were wrong. */
  mistakes = 0;

  private layer = 0;
  private cells = 0;
  private measurements: Measurement[] = [];
  private notes: string[] = [];
  private progress: Progress | undefined;
  private title = '';

  constructor(
    private readonly layerCount: number,
    private readonly cellCount: number,
    private readonly save: (measurements: Measurement[]) => void,
  ) {}

  layerStarts(shape: Shape): void {
    this.layer++;
    this.cells = 0;
    this.measurements = [];
    this.notes = [];
    this.title = `${shapeTitle(shape)}  N=${shape.n} K=${shape.k}`;
    if (!process.stderr.isTTY) return;
    const counter = `[${this.layer}/${this.layerCount}]`;
    this.progress = new Progress(process.stderr, `${counter} ${this.title}`);
  }

  cellStarts(m: number): void {
    this.progress?.count(`M=${m}`, this.cellCount, () => this.cells);
  }

  measured(measurements: Measurement[]): void {
    this.cells++;
    this.save(measurements);
    this.measurements.push(...measurements);
    if (this.progress === undefined) this.printCell(measurements);
  }

  leftOut(what: string): void {
    this.notes.push(`left out: ${what}`);
  }

  mistake(what: string): void {
    this.mistakes++;
    this.notes.push(`WRONG: ${what}`);
  }

  layerEnds(): void {
    this.progress?.finish();
    this.progress = undefined;
    const table = this.measurements.length > 0 ? layerTable(this.measurements) : [];
    const lines = [this.title, ...table, ...this.notes];
    console.log(`\n${lines.join('\n')}`);
  }

  private printCell(measurements: Measurement[]): void {
    const speedUp = speedUps(measurements);
    const times = measurements.map((measurement) => {
      const ratio = speedUp(measurement);
      const times = ratio === undefined ? '' : ` (${formatRatio(ratio)})`;
      return `${measurement.provider} ${formatTime(measurement.us.median)}${times}`;
    });
    const counter = `[${this.layer}/${this.layerCount}]`;
    console.error(`${counter} ${this.title} M=${measurements[0]?.m}: ${times.join(', ')}`);
  }
}
