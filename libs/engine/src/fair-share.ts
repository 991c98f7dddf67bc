/**
 * 公平分担 The parts that a worker runs among all that work on a subscription: one after the other in turn. All who see the same list come to
 * the same shares; whoever comes later stands further behind, so that few parts change hands when somebody comes.
 */
export const fairShare = (worker: string, workers: readonly string[], parts: number): readonly number[] => {
  const place = workers.indexOf(worker);
  if (place < 0) return [];
  return Array.from({ length: parts }, (_, part) => part).filter((part) => part % workers.length === place);
};
