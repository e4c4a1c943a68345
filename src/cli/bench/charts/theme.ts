/** The font of charts: a picture's is its own; a page falls back on what the reader has. */
export const FONT = 'DejaVu Sans, Verdana, sans-serif';
