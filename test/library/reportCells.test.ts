import { expect, it } from 'vitest';
import { keepReportCell, listReportCells } from '../../main/library/reportCells.ts';
import { wilsonProportion } from '../../shared/wilsonProportion.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';
import type { ReportCell } from '../../shared/labelReport.ts';

const cell: ReportCell = {
  ...{ mode: 'probe', fraction: 0.1, draw: 1, labels: 10, top5: null, seconds: 2 },
  top1: wilsonProportion(5, 10),
};

it('keeps one cell for each way, share and draw, and none of labels that are no more', () => {
  const { db } = emptyProject();
  const [first, other] = [
    { labelsKey: 'a', subject: 'run 1' },
    { labelsKey: 'a', subject: 'run 2' },
  ];
  keepReportCell(db, first, cell);
  keepReportCell(db, first, { ...cell, seconds: 3 });
  keepReportCell(db, first, { ...cell, draw: 2 });
  keepReportCell(db, other, cell);
  expect(listReportCells(db, first).map(({ draw, seconds }) => [draw, seconds])).toEqual([
    [1, 3],
    [2, 2],
  ]);
  keepReportCell(db, { ...other, labelsKey: 'b' }, cell);
  expect(listReportCells(db, first)).toEqual([]);
  expect(listReportCells(db, other)).toEqual([]);
});
