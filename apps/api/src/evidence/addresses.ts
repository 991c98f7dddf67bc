import type { TreeName } from '#evidence';
import { OneOf, QueryWhole } from '../door/fields.js';

const trees: readonly TreeName[] = ['sha256', 'sm3'];
const positionMost = 999_999_999_999_999;
const optional = true;

export class TreeAddress {
  @OneOf(trees, 'TreeName', { optional, description: 'sha256 if left out' }) tree?: TreeName;
}

export class ConsistencyAddress extends TreeAddress {
  @QueryWhole(1, positionMost, { optional: false, description: 'Size of the older checkpoint' }) from: number;
  @QueryWhole(1, positionMost, { optional: false, description: 'Size of the newer checkpoint' }) to: number;
}

export class ExportAddress {
  @QueryWhole(1, positionMost, { description: 'First position; 1 if left out' }) from?: number;
  @QueryWhole(1, positionMost, { description: 'Last position; the last one that is signed if left out' }) to?: number;
}
