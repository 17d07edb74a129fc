import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { isProjectOpen } from '../../main/library/lockProject.ts';
import { currentVersion, migrate } from '../../main/library/migrate.ts';
import { createProject, openProject, openProjectReadOnly } from '../../main/library/project.ts';
import { isProject } from '../../main/library/projectFile.ts';
import { createRun, getRun, listRuns } from '../../main/library/runs.ts';
import { getSettings } from '../../main/library/settings.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const projectModule = join(import.meta.dirname, '../../main/library/project.ts');

describe('a project folder', () => {
  it('is made with its parts and opened again with its settings', () => {
    const folder = join(temporaryFolder(), 'new', 'project');
    createProject(folder, { seed: 'abc', heldOutFraction: 0.2 }).close();
    expect(isProject(folder)).toBe(true);
    for (const part of ['project.db', 'lock.db', 'pixels', 'checkpoints', 'exports']) {
      expect(existsSync(join(folder, part)), part).toBe(true);
    }
    const project = openProject(folder);
    expect(getSettings(project.db)).toEqual({ seed: 'abc', heldOutFraction: 0.2 });
    project.close();
  });

  it('keeps its settings when it is "made" again', () => {
    const folder = temporaryFolder();
    createProject(folder, { seed: 'first' }).close();
    const project = createProject(folder, { seed: 'second' });
    expect(getSettings(project.db).seed).toBe('first');
    project.close();
  });

  it('commits durably: write-ahead log, full synchronisation', () => {
    const project = createProject(temporaryFolder());
    expect(project.db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(project.db.pragma('synchronous', { simple: true })).toBe(2);
    project.close();
  });

  it('refuses a share of held-out images outside of 0 to 0.5', async () => {
    expect(await errorCode(() => createProject(temporaryFolder(), { heldOutFraction: 0.6 }))).toBe(
      'invalid-option',
    );
    expect(await errorCode(() => createProject(temporaryFolder(), { heldOutFraction: NaN }))).toBe(
      'invalid-option',
    );
  });

  it('says what is wrong with a folder that is none', async () => {
    const folder = temporaryFolder();
    expect(await errorCode(() => openProject(join(folder, 'absent')))).toBe('no-such-folder');
    expect(await errorCode(() => openProject(folder))).toBe('not-a-project');
    writeFileSync(join(folder, 'project.db'), 'this is a text file and no database at all'.repeat(50));
    expect(await errorCode(() => openProject(folder))).toBe('damaged-project');
    writeFileSync(join(folder, 'file'), '');
    expect(await errorCode(() => createProject(join(folder, 'file', 'project')))).toBe('cannot-write');
  });

  it("refuses another program's database", async () => {
    const folder = temporaryFolder();
    const other = new Database(join(folder, 'project.db'));
    other.exec('CREATE TABLE music (id)');
    other.close();
    expect(await errorCode(() => openProject(folder))).toBe('not-a-project');
  });

  it('opens one whose making was cut off before its tables', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'project.db'), '');
    const project = openProject(folder);
    expect(getSettings(project.db).heldOutFraction).toBe(0.1);
    project.close();
  });
});

describe('the lock', () => {
  it('refuses a second writer, lets a reader in, and ends with the first', async () => {
    const folder = temporaryFolder();
    const first = createProject(folder, { seed: 's' });
    expect(await errorCode(() => openProject(folder))).toBe('project-in-use');
    const reader = openProjectReadOnly(folder);
    expect(getSettings(reader.db).seed).toBe('s');
    expect(() => reader.db.exec('DELETE FROM settings')).toThrow();
    reader.close();
    first.close();
    openProject(folder).close();
  });

  it('is held against other processes, and freed when its process is killed', async () => {
    const folder = temporaryFolder();
    createProject(folder).close();
    const script = `
      const { openProject } = await import(${JSON.stringify(projectModule)});
      openProject(${JSON.stringify(folder)});
      process.stdout.write('open');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(await errorCode(() => openProject(folder))).toBe('project-in-use');
    openProjectReadOnly(folder).close();
    child.kill('SIGKILL');
    await once(child, 'exit');
    openProject(folder).close();
  });

  it('turns runs that a dead process left running into interrupted ones', () => {
    const folder = temporaryFolder();
    const dead = createProject(folder);
    const newRun = { kind: 'pretrain', method: 'simclr', encoder: 'resnet18', settings: {} } as const;
    const run = createRun(dead.db, { ...newRun, parentRunId: null, totalSteps: 100 });
    dead.close();
    const project = openProject(folder);
    expect(getRun(project.db, run.id)?.state).toBe('interrupted');
    project.close();
  });
});

describe('who only looks at a project', () => {
  const newRun = { kind: 'pretrain', method: 'simclr', encoder: 'resnet18', settings: {} } as const;

  it('sees a run of a dead process as interrupted, and one of a living process as running', () => {
    const folder = temporaryFolder();
    const project = createProject(folder);
    const run = createRun(project.db, { ...newRun, parentRunId: null, totalSteps: 100 });
    const stateOf = (): string | undefined => {
      const { db, close } = openProjectReadOnly(folder);
      const state = listRuns(db).find(({ id }) => id === run.id)?.state;
      close();
      return state;
    };
    expect(stateOf()).toBe('running');
    // As a process that is killed leaves it.
    project.close();
    expect(stateOf()).toBe('interrupted');
    openProject(folder).close();
    expect(stateOf()).toBe('interrupted');
  });

  it('does not take the lock away from who holds it by asking for it', async () => {
    const folder = temporaryFolder();
    expect(isProjectOpen(folder)).toBe(false);
    const project = createProject(folder);
    expect(isProjectOpen(folder)).toBe(true);
    expect(await openElsewhere(folder)).toBe('project-in-use');
    project.close();
    expect(isProjectOpen(folder)).toBe(false);
    expect(await openElsewhere(folder)).toBe('opened');
  });
});

/** What another process gets to hear. */
async function openElsewhere(folder: string): Promise<string> {
  const script = `
    const { openProject } = await import(${JSON.stringify(projectModule)});
    try {
      openProject(${JSON.stringify(folder)}).close();
      process.stdout.write('opened');
    } catch (error) {
      process.stdout.write(error.code);
    }`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return stdout;
}

describe('migrations', () => {
  it('refuse a project of a newer program, also for reading, and change nothing', async () => {
    const folder = temporaryFolder();
    const project = createProject(folder);
    project.db.pragma(`user_version = ${currentVersion + 10}`);
    project.close();
    expect(await errorCode(() => openProject(folder))).toBe('newer-project');
    expect(await errorCode(() => openProjectReadOnly(folder))).toBe('newer-project');
    const raw = new Database(join(folder, 'project.db'));
    expect(raw.pragma('user_version', { simple: true })).toBe(currentVersion + 10);
    raw.close();
  });

  it('run once each, in order, and one that fails leaves no trace', () => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    const project = createProject(folder);
    const added = { version: currentVersion + 10, sql: 'CREATE TABLE added (id INTEGER)' };
    const broken = {
      version: currentVersion + 20,
      sql: 'CREATE TABLE half (id INTEGER); CREATE TABLE added (id)',
    };
    expect(() => migrate(project.db, folder, [added, broken])).toThrow('already exists');
    const tables = project.db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    expect(tables).toContain('added');
    expect(tables).not.toContain('half');
    expect(project.db.pragma('user_version', { simple: true })).toBe(currentVersion + 10);
    project.close();
  });
});
