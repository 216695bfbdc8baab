/** Area under the ROC curve: the chance that a member of class 1 scores above one of class 0, ties counting half. */
export function areaUnderCurve(scores: readonly number[], labels: readonly (0 | 1)[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let ranks = 0;
  for (let begin = 0; begin < order.length;) {
    let end = begin;
    while (end < order.length && scores[order[end]] === scores[order[begin]]) end++;
    for (let i = begin; i < end; i++) if (labels[order[i]] === 1) ranks += (begin + end + 1) / 2;
    begin = end;
  }
  const ones = labels.reduce<number>((sum, label) => sum + label, 0);
  return (ranks - ones * (ones + 1) / 2) / (ones * (labels.length - ones));
}
