import { runProgram } from './runProgram.ts';

await runProgram(process.argv);
