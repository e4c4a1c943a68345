/** On a terminal, a last line that says which stages run and for how long. */
import { performance } from 'node:perf_hooks';
import process from 'node:process';

const CLEAR_LINE = '\r\u001b[2K';

export class StatusLine {
  #started = new Map();
  #timer;

  constructor(stream = process.stderr) {
    this.stream = stream;
    if (stream.isTTY) this.#timer = setInterval(() => this.#draw(), 1000).unref();
  }

  add(name) {
    this.#started.set(name, performance.now());
    this.#draw();
  }

  /** Makes room for lines that stay. */
  remove(name) {
    this.#started.delete(name);
    this.#clear();
  }

  end() {
    clearInterval(this.#timer);
    this.#clear();
  }

  #clear() {
    if (this.stream.isTTY) this.stream.write(CLEAR_LINE);
  }

  #draw() {
    if (!this.stream.isTTY || this.#started.size === 0) return;
    const now = performance.now();
    const running = [...this.#started].map(
      ([name, start]) => `${name} ${Math.round((now - start) / 1000)} s`,
    );
    this.stream.write(`${CLEAR_LINE}… ${running.join(', ')}`.slice(0, this.stream.columns + 4));
  }
}
