import { posix, relative, sep } from 'node:path';
import type { Rule } from 'eslint';
import { guardedPackages, rooms } from './walls.ts';

/** Anything in a program that names a module: `import`, `export ... from`, `import()`, `import type('...')`. */
interface Importing {
  readonly source?: unknown;
}

/** The ESLint rule behind walls.ts: reports each import that goes through a wall. Nothing need exist on disk. */
export const wallsRule: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], messages: { wall: '{{reason}}' } },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const check = (node: Rule.Node): void => {
      const specifier = literalOf((node as Importing).source);
      const reason = specifier === undefined ? undefined : breach(file, specifier);
      if (reason !== undefined) context.report({ node, messageId: 'wall', data: { reason } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

/** Why `file` may not import `specifier`, or undefined where it may. `file` is relative to the repository. */
export function breach(file: string, specifier: string): string | undefined {
  const from = roomOf(file);
  if (from === undefined) return undefined;
  return specifier.startsWith('.')
    ? roomBreach(file, from, posix.join(posix.dirname(file), specifier))
    : packageBreach(file, specifier);
}

function roomBreach(file: string, from: string, target: string): string | undefined {
  if (roomOf(target) === from) return undefined;
  const open = ['shared', ...(rooms[from] ?? [])];
  if (open.some((room) => covers(room, target))) return undefined;
  return `${file} may not import ${target}: ${from} imports only ${open.join(', ')} (build/lint/walls.ts).`;
}

function packageBreach(file: string, specifier: string): string | undefined {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const allowed = guardedPackages[name];
  if (allowed === undefined || allowed.some((room) => covers(room, file))) return undefined;
  return `${file} may not import ${name}: only ${allowed.join(', ')} may (build/lint/walls.ts).`;
}

function roomOf(file: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => covers(room, file))
    .sort((a, b) => b.length - a.length)[0];
}

function covers(room: string, path: string): boolean {
  if (room.endsWith('*')) return path.startsWith(room.slice(0, -1));
  const stem = path.replace(/\.[cm]?[jt]s$/, '');
  return stem === room || path.startsWith(`${room}/`);
}

function literalOf(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  return 'value' in node && typeof node.value === 'string' ? node.value : undefined;
}
