export type PlaceKind = 'city' | 'district' | 'street' | 'community' | 'grid';

/** 地点 A node of 市 > 区 > 街道 > 居委 > 责任网格. Codes are opaque strings: their length varies between cities. */
export interface Place {
  readonly code: string;
  readonly kind: PlaceKind;
  readonly name: string;
  /** Code of the place that contains this one; null for the city. */
  readonly parent: string | null;
  /** WGS-84 degrees of a point inside, where known. */
  readonly longitude: number | null;
  readonly latitude: number | null;
  /** 示意 Made up for trials, not surveyed. */
  readonly synthetic: boolean;
}

/** Where an incident is: its grid and all that contains it. */
export interface PlacePath {
  readonly grid: string;
  readonly community: string;
  readonly street: string;
  readonly district: string;
  readonly city: string;
}

/** A rectangle in WGS-84 degrees; reports from outside the city's are refused. */
export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}
