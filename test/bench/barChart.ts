/** A group of bars over one label of the horizontal axis. */
export interface BarGroup {
  readonly label: string;
  readonly bars: readonly { readonly series: string; readonly value: number; readonly error: number }[];
}

export interface BarChart {
  readonly title: string;
  /** Of the values, which are shares: 0.4 is shown as 40 %. */
  readonly unit: string;
  readonly groups: readonly BarGroup[];
}

const size = { width: 760, height: 380, left: 56, right: 16, top: 48, bottom: 76 };
const colors = ['#8c8c8c', '#c9813c', '#3f7fbf', '#2f8f5b'];
const barWidth = 46;

/** An SVG with its own light background, so that it reads in dark pages too. */
export function barChart({ title, unit, groups }: BarChart): string {
  const highest = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value, error }) => value + error)));
  const top = Math.ceil(highest * 10 + 0.3) / 10;
  const y = (value: number): number => size.top + (1 - value / top) * (size.height - size.top - size.bottom);
  const inner = size.width - size.left - size.right;
  const series = [...new Set(groups.flatMap(({ bars }) => bars.map((bar) => bar.series)))];
  const parts = [
    ...gridLines(top, y),
    ...groups.flatMap((group, i) =>
      drawGroup(group, size.left + (inner * (i + 0.5)) / groups.length, series, y),
    ),
    ...legend(series),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" rx="8" fill="#ffffff"/>`,
    text(size.left, 26, `${title} (${unit})`, 'start', '#222222', 15),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function gridLines(top: number, y: (value: number) => number): string[] {
  const steps = Math.round(top * 10);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at = y(i / 10);
    return (
      `<line x1="${size.left}" x2="${size.width - size.right}" y1="${at}" y2="${at}" stroke="#e3e3e3"/>` +
      text(size.left - 8, at + 4, `${i * 10} %`, 'end', '#666666')
    );
  });
}

function drawGroup(
  { label, bars }: BarGroup,
  centre: number,
  series: readonly string[],
  y: (value: number) => number,
): string[] {
  const start = centre - (bars.length * (barWidth + 6)) / 2;
  const drawn = bars.map(({ series: name, value, error }, i) => {
    const x = start + i * (barWidth + 6);
    const middle = x + barWidth / 2;
    const whisker = `<line x1="${middle}" x2="${middle}" y1="${y(value + error)}" y2="${y(value - error)}" stroke="#222222"/>`;
    const bar = `<rect x="${x}" y="${y(value)}" width="${barWidth}" height="${y(0) - y(value)}" rx="2" fill="${colors[series.indexOf(name) % colors.length]}"/>`;
    return bar + whisker + text(middle, y(value + error) - 6, (value * 100).toFixed(1), 'middle', '#222222');
  });
  return [...drawn, text(centre, y(0) + 22, label, 'middle', '#222222')];
}

function legend(series: readonly string[]): string[] {
  const width = (size.width - size.left - size.right) / series.length;
  return series.map((name, i) => {
    const x = size.left + i * width;
    const at = size.height - 22;
    return `<rect x="${x}" y="${at - 10}" width="12" height="12" rx="2" fill="${colors[i % colors.length]}"/>${text(x + 18, at, name, 'start', '#222222')}`;
  });
}

function text(x: number, y: number, content: string, anchor: string, fill: string, fontSize = 13): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}" font-size="${fontSize}">${content}</text>`;
}
