import { describe, expect, it } from 'vitest';
import { genoiseError } from '../../shared/errors.ts';
import { connect, fakeApplication, openDoor, until } from './openDoor.ts';
import type { AppEvent } from '../../shared/contract/events.ts';

const changed: AppEvent = { kind: 'changed', tables: ['labels'] };
const closedProject: AppEvent = { kind: 'project', project: null };

describe('the socket', () => {
  it('answers questions by their numbers, begun in the order in which they came', async () => {
    const slow = Promise.withResolvers<string>();
    const application = fakeApplication({
      call: async (name) => (name === 'slow' ? slow.promise : name),
    });
    const page = await connect(await openDoor(application));
    page.ask(1, 'slow', { a: 1 });
    page.ask(2, 'quick');
    expect(await page.frame(({ id }) => id === 2)).toEqual({ id: 2, result: 'quick' });
    slow.resolve('done');
    expect(await page.frame(({ id }) => id === 1)).toEqual({ id: 1, result: 'done' });
    expect(application.asked).toEqual([
      { name: 'slow', request: { a: 1 } },
      { name: 'quick', request: null },
    ]);
  });

  it('tells failures as sentence and remedy, and no more of what is no GenoiseError than its message', async () => {
    const application = fakeApplication({
      call: async (name) => {
        throw name === 'known' ? genoiseError('no-open-project', {}) : new TypeError('x is not a function');
      },
    });
    const page = await connect(await openDoor(application));
    page.ask(1, 'known');
    page.ask(2, 'unknown');
    const known = await page.frame(({ id }) => id === 1);
    expect(known.error).toMatchObject({ code: 'no-open-project', message: 'No project is open.' });
    const { error } = await page.frame(({ id }) => id === 2);
    expect(error).toMatchObject({ code: 'internal' });
    expect(JSON.stringify(error)).not.toContain('.ts:');
  });

  it('tells every page every event, in order, and forgets a page that has left', async () => {
    const application = fakeApplication();
    const door = await openDoor(application);
    const pages = [await connect(door), await connect(door)];
    application.emit(changed);
    application.emit(closedProject);
    for (const page of pages) {
      await page.frame(({ event }) => (event as AppEvent | undefined)?.kind === 'project');
      expect(page.frames).toEqual([{ event: changed }, { event: closedProject }]);
    }
    pages[0].socket.close();
    await until(() => application.listeners.size === 2);
    application.emit(changed);
    await until(() => pages[1].frames.length === 3);
    expect(pages[0].frames).toHaveLength(2);
  });

  it.each(['', '{', 'null', '[]', '{"command":"a"}', '{"id":"1","command":"a"}', '{"id":-1}', '{"id":1.5}'])(
    'lets go of a page that sends %j, and serves the others on',
    async (text) => {
      const application = fakeApplication();
      const door = await openDoor(application);
      const other = await connect(door);
      const page = await connect(door);
      page.socket.send(text);
      expect(await page.closed).toBe(1007);
      other.ask(1, 'a');
      await other.frame(({ id }) => id === 1);
      expect(application.asked.map(({ name }) => name)).toEqual(['a']);
    },
  );

  it('lets go of a page that sends bytes, or more than any question needs', async () => {
    const door = await openDoor(fakeApplication());
    const bytes = await connect(door);
    bytes.socket.send(Buffer.from('{"id":1,"command":"a","request":null}'));
    expect(await bytes.closed).toBe(1007);
    const long = await connect(door);
    long.socket.send('x'.repeat(33 * 1024 * 1024));
    expect(await long.closed).toBe(1009);
  });

  it('says what is wrong with a question that has a number', async () => {
    const page = await connect(await openDoor(fakeApplication()));
    page.socket.send('{"id":7,"command":5}');
    expect(await page.frame(({ id }) => id === 7)).toMatchObject({ error: { code: 'bad-request' } });
  });

  it('lets go of a page that no longer answers', async () => {
    const application = fakeApplication();
    const door = await openDoor(application, { heartbeatMs: 50 });
    const dead = await connect(door);
    // It neither reads nor answers, as a machine that was put to sleep.
    dead.socket.pause();
    const alive = await connect(door);
    await until(() => application.listeners.size === 2);
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
    alive.ask(1, 'a');
    await alive.frame(({ id }) => id === 1);
  });

  it('tells a page that lags behind the newest only, and all pages the same in the end', async () => {
    const application = fakeApplication();
    const door = await openDoor(application);
    const slow = await connect(door);
    slow.socket.pause();
    const keys: Record<string, string | null> = { filler: 'x'.repeat(20_000) };
    const said = 4000;
    for (let number = 1; number <= said; number++) {
      const settings = { theme: 'light', keys, projectsFolder: String(number), advance: true } as const;
      application.emit({ kind: 'settings', settings });
      if (number % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    application.emit(changed);
    slow.socket.resume();
    await slow.frame(({ event }) => (event as AppEvent).kind === 'changed');
    const settings = slow.frames.flatMap(({ event }) =>
      (event as AppEvent).kind === 'settings' ? [event as Extract<AppEvent, { kind: 'settings' }>] : [],
    );
    expect(settings.length).toBeLessThan(said);
    expect(settings.at(-1)?.settings.projectsFolder).toBe(String(said));
  });

  it('says goodbye when the door is closed, and lets the same page in at the next', async () => {
    const application = fakeApplication();
    const first = await openDoor(application);
    const page = await connect(first);
    await first.close();
    expect(await page.closed).toBe(1001);
    expect(application.listeners.size).toBe(0);
    await expect(fetch(first.origin)).rejects.toThrow();
    const second = await openDoor(application, { port: first.port });
    const again = await connect(second, { cookie: first.headers.cookie });
    again.ask(1, 'a');
    expect(await again.frame(({ id }) => id === 1)).toEqual({ id: 1, result: { name: 'a', request: null } });
  });
});
