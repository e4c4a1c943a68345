/** Writes with a model, one character at a time. */
export interface Writer {
  /** Begins anew after `text`, and returns the logits of the character that comes next. */
  start(text: Int32Array): Float32Array;
  /** The logits of the character that comes after this one. */
  next(id: number): Float32Array;
  dispose(): void;
}
