import { Command } from 'commander';
import { appVersion } from '../../shared/appVersion.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addExportCommand } from './commands/export.ts';
import { addExportLabelsCommand } from './commands/exportLabels.ts';
import { addImportCommand } from './commands/import.ts';
import { addLabelCommand } from './commands/label.ts';
import { addPredictCommand } from './commands/predict.ts';
import { addPretrainCommand } from './commands/pretrain.ts';
import { addRelinkCommand } from './commands/relink.ts';
import { addReportCommand } from './commands/report.ts';
import { addRescueLabelsCommand } from './commands/rescueLabels.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTrainCommand } from './commands/train.ts';

/** The command line: one command a file, each of them a thin door to `app`. */
export function makeProgram(): Command {
  const program = new Command('genoise')
    .description(
      'Train an image classifier from a folder of unlabeled images and very few labels, on this machine.',
    )
    .version(appVersion)
    // Failures are told by runProgram; what is set here the commands inherit.
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  addImportCommand(program);
  addRelinkCommand(program);
  addStatusCommand(program);
  addPretrainCommand(program);
  addLabelCommand(program);
  addExportLabelsCommand(program);
  addRescueLabelsCommand(program);
  addTrainCommand(program);
  addReportCommand(program);
  addEvaluateCommand(program);
  addExportCommand(program);
  addPredictCommand(program);
  addDemoCommand(program);
  return program;
}
