import { readFileSync } from 'node:fs';

type SnippetName = 'predict.mjs' | 'predict.py' | 'embed.mjs' | 'embed.py';

const longestSideLine = /^(const longestSide = |LONGEST_SIDE = )\d+/m;

/** The text of a snippet, for models whose images are first shrunk to `longestSide`. */
export function snippetText(name: SnippetName, longestSide: number): string {
  const template = readFileSync(new URL(`./snippets/${name}`, import.meta.url), 'utf8');
  if (!longestSideLine.test(template)) throw new Error(`${name} has no place for the longest side`);
  return template.replace(longestSideLine, `$1${longestSide}`);
}
