/**
 * Our side of `npm run bench -- step`, in a process of its own as PyTorch's is: one training step, timed, for each line
 * `step`; its milliseconds by kind of operator for a line `profile`. Argument: a JSON object of `shape` and `lowering`.
 * Its first line says how long the preparation took.
 */
import { createInterface } from 'node:readline';
import { millisecondsByOp } from './millisecondsByOp.ts';
import { prepareOurStep, type LoweringName, type StepShape } from './ourStep.ts';

const { shape, lowering } = JSON.parse(process.argv[2]) as { shape: StepShape; lowering: LoweringName };
const step = await prepareOurStep(shape, lowering);
const say = (answer: unknown): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
say(step.preparation);
for await (const line of createInterface({ input: process.stdin })) {
  say(line === 'profile' ? millisecondsByOp(await step.profile()) : await step.run());
}
await step.dispose();
