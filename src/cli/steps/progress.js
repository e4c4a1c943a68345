// One line a step: `[2/4] libtensorflow 2.21.0 (261 MB) … 13.1 s`. On a terminal the line lives
// while the step does; elsewhere (a pipe, CI) it is written once.

const BAR_CELLS = 20;
const REDRAW_MS = 100;
/** Some terminals say that they have 0. */
const USUAL_COLUMNS = 80;

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 2 ** 20).toFixed(0);
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** @param {number} fraction 0 … 1 */
function bar(fraction) {
  const filled = Math.round(BAR_CELLS * fraction);
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
}

/** The line of the step that runs now. */
class Progress {
  #stream;
  #label;
  #live;
  #started = Date.now();
  #drawn = 0;
  #phase = '';
  /** @type {(() => string) | undefined} */
  #measure;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {NodeJS.WriteStream} stream
   * @param {string} label
   */
  constructor(stream, label) {
    this.#stream = stream;
    this.#label = label;
    this.#live = Boolean(stream.isTTY) && !process.env.CI;
    if (this.#live) {
      this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
      this.#draw();
    } else {
      stream.write(`${label} …`);
    }
  }

  /**
   * Names what the step is doing now: 'download', 'unpack'.
   *
   * @param {string} phase
   */
  phase(phase) {
    this.#phase = phase;
    this.#measure = undefined;
  }

  /**
   * The same with a bar of bytes; `measure` is asked for those done whenever the line is drawn.
   *
   * @param {string} phase
   * @param {number} total
   * @param {() => number} measure
   */
  bytes(phase, total, measure) {
    this.#showBar(phase, total, measure, (done) => `${megabytes(done)}/${megabytes(total)} MB`);
  }

  /**
   * The same with a bar of things.
   *
   * @param {string} phase
   * @param {number} total
   * @param {() => number} measure
   */
  count(phase, total, measure) {
    this.#showBar(phase, total, measure, (done) => `${done}/${total}`);
  }

  /**
   * Ends the line.
   *
   * @param {string} [note]
   */
  finish(note) {
    const elapsed = seconds(Date.now() - this.#started);
    this.#close(note ? `${elapsed} (${note})` : elapsed);
  }

  fail() {
    this.#close(`failed after ${seconds(Date.now() - this.#started)}`);
  }

  /**
   * @param {string} phase
   * @param {number} total
   * @param {() => number} measure
   * @param {(done: number) => string} format
   */
  #showBar(phase, total, measure, format) {
    this.#phase = phase;
    this.#measure = () => {
      const done = Math.min(measure(), total);
      return `${bar(done / total)} ${format(done)}`;
    };
  }

  /** Draws the line now: the timer that does so has no turn while the program computes. */
  refresh() {
    if (this.#live && Date.now() - this.#drawn >= REDRAW_MS) this.#draw();
  }

  /** So that what the terminal shows next has a line of its own. */
  interrupt() {
    this.#close('interrupted');
  }

  /** @param {string} text */
  #close(text) {
    clearInterval(this.#timer);
    this.#stream.write(this.#live ? `\r\x1b[K${this.#label} … ${text}\n` : ` ${text}\n`);
  }

  #draw() {
    this.#drawn = Date.now();
    const elapsed = seconds(Date.now() - this.#started);
    const parts = [`${this.#label} …`, elapsed, this.#phase, this.#measure?.()];
    const line = parts.filter(Boolean).join(' ');
    this.#stream.write(`\r\x1b[K${line.slice(0, (this.#stream.columns || USUAL_COLUMNS) - 1)}`);
  }
}

module.exports = { Progress, megabytes };
