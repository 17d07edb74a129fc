export interface ClassColour {
  readonly name: string;
  readonly value: string;
}

/**
 * Colours of classes, from the Okabe-Ito set and between its steps. Each has a contrast of 3 and more with the light
 * and with the dark surface; each comes with a shape, since no twelve colours are told apart by everybody.
 */
export const classColours: readonly ClassColour[] = [
  { name: 'blue', value: '#0077bb' },
  { name: 'vermilion', value: '#d55e00' },
  { name: 'green', value: '#00946c' },
  { name: 'pink', value: '#c46a9f' },
  { name: 'ochre', value: '#b07a00' },
  { name: 'sky', value: '#2b93cc' },
  { name: 'crimson', value: '#c63a63' },
  { name: 'violet', value: '#7d68d6' },
  { name: 'olive', value: '#7d8500' },
  { name: 'teal', value: '#1d8f93' },
  { name: 'brown', value: '#9c6b3f' },
  { name: 'grey', value: '#7c7a76' },
];

export interface ClassShape {
  readonly name: string;
  /** In a box of 16 by 16. */
  readonly path: string;
}

export const classShapes: readonly ClassShape[] = [
  { name: 'circle', path: 'M14.5 8a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z' },
  { name: 'square', path: 'M2.25 2.25h11.5v11.5H2.25z' },
  { name: 'triangle', path: 'M8 1.25 15 14H1z' },
  { name: 'diamond', path: 'M8 .75 15.25 8 8 15.25.75 8z' },
  { name: 'plus', path: 'M5.75 1.5h4.5v4.25h4.25v4.5h-4.25v4.25h-4.5v-4.25H1.5v-4.5h4.25z' },
  {
    name: 'star',
    path: 'm8 .75 2.1 4.85 5.15.5-3.9 3.45 1.2 5.2L8 12l-4.55 2.75 1.2-5.2L.75 6.1l5.15-.5z',
  },
  { name: 'hexagon', path: 'M4.4 1.75h7.2L15.25 8l-3.65 6.25H4.4L.75 8z' },
  { name: 'triangle pointing down', path: 'M8 14.75 15 2H1z' },
  {
    name: 'ring',
    path: 'M14.5 8a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0ZM8 4.75a3.25 3.25 0 1 0 0 6.5 3.25 3.25 0 0 0 0-6.5Z',
  },
  {
    name: 'cross',
    path: 'm4.4 1.2 3.6 3.6 3.6-3.6 3.2 3.2L11.2 8l3.6 3.6-3.2 3.2L8 11.2l-3.6 3.6-3.2-3.2L4.8 8 1.2 4.4z',
  },
  { name: 'bar', path: 'M1 4.75h14v6.5H1z' },
  { name: 'half circle', path: 'M1 11.75a7 7 0 0 1 14 0z' },
];

/** The look of class number `index` when nobody chose another: after twelve, colours meet other shapes. */
export function classLook(index: number): { readonly colour: number; readonly shape: number } {
  const round = Math.floor(index / classColours.length);
  return { colour: index % classColours.length, shape: (index + 5 * round) % classShapes.length };
}
