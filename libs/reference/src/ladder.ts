/** 循环 The smallest ring of people who can finish an incident: 网格微循环, 街道小循环, 市区大循环. */
export type Loop = 'grid' | 'street' | 'city';

/** 梯级 A rung of the ladder 升级阶梯. The city loop has two: the district centre, then the city centre. */
export type Rung = 'grid' | 'street' | 'district' | 'city';

export const rungs: readonly Rung[] = ['grid', 'street', 'district', 'city'];
export const loops: readonly Loop[] = ['grid', 'street', 'city'];

export const loopOf = (rung: Rung): Loop => (rung === 'district' ? 'city' : rung);
export const height = (rung: Rung): number => rungs.indexOf(rung);
/** The next rung up; null at the top. */
export const above = (rung: Rung): Rung | null => rungs[height(rung) + 1] ?? null;
export const higher = (a: Rung, b: Rung): Rung => (height(a) >= height(b) ? a : b);
