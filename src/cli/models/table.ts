/** Lines of a table: a heading, a rule, and a line a row; columns as wide as they need be. */
export function tableLines(headings: string[], rows: string[][], leftAligned: number): string[] {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column].length)),
  );
  const line = (row: string[]) =>
    row
      .map((cell, i) => (i < leftAligned ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd();
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [line(headings), rule, ...rows.map(line)];
}
