/** One line of a chart; points with x ascending. */
export interface LineSeries {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LineChart {
  readonly title: string;
  readonly xTitle: string;
  readonly series: readonly LineSeries[];
  /** How a value of either axis is written. */
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  /** Linear ones begin at 0. */
  readonly axes?: 'logarithmic' | 'linear';
}

const size = { width: 760, height: 440, left: 72, right: 206, top: 48, bottom: 52 };
const colors = [
  '#3f7fbf',
  '#c9813c',
  '#2f8f5b',
  '#a64d79',
  '#6b5bb5',
  '#7a7a7a',
  '#b03a2e',
  '#1b8a8f',
  '#8a6d1b',
  '#27374d',
];
const leastLabelGap = 16;

interface Scale {
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

/** Lines over two axes, logarithmic ones unless it says otherwise: an SVG with its own light background, so that it reads in dark pages too. */
export function lineChart(chart: LineChart): string {
  const { title, xTitle, series, formatX, formatY, axes = 'logarithmic' } = chart;
  const scale = axes === 'linear' ? linearScale : logScale;
  const points = series.flatMap((each) => each.points);
  const right = size.width - size.right;
  const bottom = size.height - size.bottom;
  const x = scale(
    points.map((point) => point.x),
    size.left,
    right,
  );
  const y = scale(
    points.map((point) => point.y),
    bottom,
    size.top,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="13">`,
    '<rect width="100%" height="100%" rx="8" fill="#ffffff"/>',
    text(size.left, 26, title, 'start', '#222222', 15),
    ...y.ticks.map(
      (tick) =>
        line(size.left, right, y.at(tick), y.at(tick)) +
        axisText(size.left - 8, y.at(tick) + 4, formatY(tick), 'end'),
    ),
    ...x.ticks.map(
      (tick) =>
        line(x.at(tick), x.at(tick), size.top, bottom) +
        axisText(x.at(tick), bottom + 20, formatX(tick), 'middle'),
    ),
    axisText((size.left + right) / 2, size.height - 10, xTitle, 'middle'),
    ...series.map((each, i) => drawLine(each, colors[i % colors.length], x, y)),
    ...nameLines(series, y, right + 10),
    '</svg>\n',
  ].join('\n');
}

/** From the power of ten at or below the lowest value to that at or above the highest. */
function logScale(values: readonly number[], start: number, end: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const at = (value: number): number =>
    Math.round((start + ((Math.log10(value) - low) / (high - low)) * (end - start)) * 10) / 10;
  return { ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)), at };
}

/** From 0 to the highest value, with a tick at every one, two or five of a power of ten. */
function linearScale(values: readonly number[], start: number, end: number): Scale {
  const highest = Math.max(...values);
  const power = 10 ** Math.floor(Math.log10(highest / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => highest / each <= 6) ?? power;
  const count = Math.ceil(highest / step);
  const at = (value: number): number =>
    Math.round((start + (value / (count * step)) * (end - start)) * 10) / 10;
  return { ticks: Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6))), at };
}

function drawLine({ points }: LineSeries, color: string, x: Scale, y: Scale): string {
  const path = points.map((point) => `${x.at(point.x)},${y.at(point.y)}`);
  const dots = points.map(
    (point) => `<circle cx="${x.at(point.x)}" cy="${y.at(point.y)}" r="3" fill="${color}"/>`,
  );
  return `<polyline points="${path.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>${dots.join('')}`;
}

/** Each line's name where it ends, moved down where names would cover each other. */
function nameLines(series: readonly LineSeries[], y: Scale, left: number): string[] {
  const names = series
    .map(({ name, points }, i) => ({
      name,
      color: colors[i % colors.length],
      at: y.at(points.at(-1)?.y ?? 1),
    }))
    .sort((a, b) => a.at - b.at);
  let free = 0;
  return names.map(({ name, color, at }) => {
    const placed = Math.max(at, free);
    free = placed + leastLabelGap;
    return text(left, placed + 4, name, 'start', color);
  });
}

function line(x1: number, x2: number, y1: number, y2: number): string {
  return `<line x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}" stroke="#e3e3e3"/>`;
}

function axisText(x: number, y: number, content: string, anchor: string): string {
  return text(x, y, content, anchor, '#666666');
}

function text(x: number, y: number, content: string, anchor: string, fill: string, fontSize = 13): string {
  const plain = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}" font-size="${fontSize}">${plain}</text>`;
}
