import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { lockProject } from '../../main/library/lockProject.ts';
import { genoiseJson } from '../helpers/commandLine.ts';
import { expectFailure } from '../helpers/failingCommand.ts';
import { makeSampleProject, type SampleProject } from '../helpers/sampleProject.ts';

let [folder, images, project, empty] = ['', '', '', ''];
let sample: SampleProject | undefined;

// Each starts processes, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  sample = await makeSampleProject();
  ({ folder, images, project } = sample);
  empty = join(folder, 'empty');
  mkdirSync(empty);
});
afterAll(() => sample?.remove());

describe('folders and projects', () => {
  it('no such folder: nothing is made', async () => {
    const made = join(folder, 'never');
    const args = ['import', made, join(folder, 'nowhere')];
    await expectFailure(args, 'no-such-folder', /no folder at ".*nowhere"/, /spelling/);
    expect(existsSync(made)).toBe(false);
  });

  it('a folder without images', async () => {
    const args = ['import', join(folder, 'other'), empty];
    await expectFailure(args, 'no-images', /were found in ".*empty"/, /folder that holds/);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  it('what was decided when the project was made', async () => {
    const args = ['import', project, images];
    const stays = /Leave --\w+(-\w+)? out/;
    await expectFailure(
      [...args, '--held-out', '0.4'],
      'decided-before',
      /--held-out cannot be "0.4"/,
      stays,
    );
    await expectFailure([...args, '--seed', 'other'], 'decided-before', /--seed cannot be "other"/, stays);
    const later = join(folder, 'later');
    cpSync(join(images, 'dots'), join(later, 'dots'), { recursive: true });
    const side = ['import', project, later, '--side', '8'];
    await expectFailure(side, 'decided-before', /--side cannot be "8": the project was made with/, stays);
    expect((await genoiseJson([...args, '--seed', 'a'])).status).toBe(0);
  });

  it('a folder that is no project', async () => {
    await expectFailure(['status', empty], 'not-a-project', /is not a Genoise project/, /genoise import/);
    await expectFailure(['status', join(folder, 'x')], 'no-such-folder', /no folder at/, /spelling/);
  });

  it('a project that is in use, which can be looked at all the same', async () => {
    const lock = lockProject(project);
    onTestFinished(() => lock.release());
    const args = ['label', project, '--from-folders'];
    await expectFailure(args, 'project-in-use', /is open in another/, /wait until that job has ended/);
    expect((await genoiseJson(['status', project])).status).toBe(0);
  });
});
