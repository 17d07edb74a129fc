/**
 * What a person typed behind the program's name.
 * @param defaultApp Electron's `process.defaultApp`: the first word is then the application's folder
 */
export function programArguments(argv: readonly string[], defaultApp: boolean): readonly string[] {
  const given = argv.slice(1).filter((argument) => !switches.test(argument));
  return defaultApp ? given.slice(1) : given;
}

/** What Electron and Chromium take for themselves. */
const switches =
  /^--(no-sandbox|disable-|enable-|headless|inspect|remote-debugging-|user-data-dir|ozone-|force-device-scale-factor|lang=|original-process-start-time|squirrel-)/;
