import type { HealthState, Monitors } from '../../shared/trainingEvents.ts';

/** What the judgement rests on. */
export interface Vitals extends Monitors {
  /** Steps done. */
  readonly step: number;
  /** Steps before which nothing is said: a fresh encoder gives all images similar embeddings. */
  readonly graceSteps: number;
  /** Steps after which a loss that is still at chance is a bad sign. */
  readonly patienceSteps: number;
  /** 1/√d. */
  readonly spreadTarget: number;
  /** The loss of an encoder that has learned nothing; null where the method has no such figure. */
  readonly chanceLoss: number | null;
  /** RankMe, the larger of the last two looks': at first VICReg's embeddings lie on a line for a moment. */
  readonly rank: number;
  /** The most that `rank` can be. */
  readonly rankLimit: number;
}

export interface Health {
  readonly state: HealthState;
  readonly sentence: string;
}

/** Below this share of 1/√d all embeddings are nearly one: 1 − cosine is about the square of it. */
const collapsedSpread = 0.1;
const collapsedCosine = 0.99;
/**
 * A loss below this share of chance although different images have a higher cosine than this: the task has been solved
 * without telling images apart (SwAV with all images in one group). A contrastive loss cannot come here.
 */
const [solvedShare, alikeCosine] = [0.5, 0.9];
/**
 * Below this RankMe the embeddings lie on one line: copies of one number. They may still differ from image to image, so
 * that spread and cosines tell nothing (dimensional collapse, Jing et al. 2022, arXiv:2110.09348).
 */
const onLineRank = 1.5;
/** Fewer directions that a batch could use say nothing. */
const fewestDirections = 4;
/** A loss above this share of chance has learned nothing worth the name. */
const chanceShare = 0.97;

/** Says in words how training goes, from the figures of the last steps. Pure. */
export function assessHealth(vitals: Vitals): Health {
  if (vitals.step < vitals.graceSteps) {
    return { state: 'starting', sentence: 'Training has just begun; it is too early to judge it.' };
  }
  if (isCollapsed(vitals)) return collapsed(vitals);
  if (isOnLine(vitals)) return onLine(vitals);
  if (isAtChance(vitals)) return atChance(vitals);
  return { state: 'learning', sentence: learningSentence(vitals) };
}

function isCollapsed({ spread, spreadTarget, positiveCosine, negativeCosine, ...rest }: Vitals): boolean {
  const oneDirection = positiveCosine > collapsedCosine && negativeCosine > collapsedCosine;
  const solvedInVain =
    rest.chanceLoss !== null && rest.loss < solvedShare * rest.chanceLoss && negativeCosine > alikeCosine;
  return spread < collapsedSpread * spreadTarget || oneDirection || solvedInVain;
}

function isOnLine({ rank, rankLimit }: Vitals): boolean {
  return rankLimit >= fewestDirections && rank < onLineRank;
}

function isAtChance({ loss, chanceLoss, step, patienceSteps }: Vitals): boolean {
  return chanceLoss !== null && step >= patienceSteps && loss > chanceShare * chanceLoss;
}

function collapsed({ spread, spreadTarget, negativeCosine }: Vitals): Health {
  return {
    state: 'collapsed',
    sentence:
      `Training has collapsed: the encoder gives all images almost the same embedding` +
      ` (spread ${figure(spread)}, healthy is about ${figure(spreadTarget)};` +
      ` different images have a cosine of ${figure(negativeCosine)}).` +
      ` Stop it and start again with a lower learning rate or a larger batch.`,
  };
}

function onLine({ rank, rankLimit }: Vitals): Health {
  return {
    state: 'collapsed',
    sentence:
      `Training has collapsed: all numbers of the embedding say the same (RankMe ${figure(rank)} of at most` +
      ` ${rankLimit}), so that images can differ in one way only. Stop it and start again with a lower` +
      ` learning rate, a larger batch or another method.`,
  };
}

function atChance({ loss, chanceLoss }: Vitals): Health {
  return {
    state: 'at-chance',
    sentence:
      `The loss (${figure(loss)}) is still where guessing would put it (${figure(chanceLoss ?? NaN)}):` +
      ` nothing is being learned. Start again with another learning rate, and check that the images differ.`,
  };
}

function learningSentence(vitals: Vitals): string {
  const { spread, spreadTarget, positiveCosine, negativeCosine, hardNegativeShare } = vitals;
  return (
    `Training goes well: views of one image are alike (cosine ${figure(positiveCosine)}),` +
    ` different images less so (${figure(negativeCosine)}), and the embeddings spread over` +
    ` ${Math.round((100 * spread) / spreadTarget)} % of the room they have.` +
    ` Of the pairs of different images ${percent(hardNegativeShare)} are still more alike than two views of one.`
  );
}

/** One decimal where the whole number would be small. */
function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function figure(value: number): string {
  return value.toPrecision(3);
}
