/**
 * The utility process of a script: `utilityScript <script> <its arguments>`. The script sees the arguments that it would
 * see on its own; when it is through, the process ends with its exit code.
 */
import { pathToFileURL } from 'node:url';

process.argv.splice(1, 1);
const [, script] = process.argv;

try {
  await import(pathToFileURL(script).href);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
// What was printed must be through before the end.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
