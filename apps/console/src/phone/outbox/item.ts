/** 草稿 not handed over yet, 待发送, 被拒, 已送达. */
type ItemState = 'draft' | 'waiting' | 'refused' | 'delivered';

/** What the screens say about an item without asking anybody. */
export interface About {
  /** Command that will be sent, such as `ReportIncident`. */
  readonly command: string;
  readonly title: string;
  readonly place: string;
}

/** Why the engine said no. */
export interface ToldProblem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

/** 待发件 One thing that somebody wants done, kept on the device until the engine has answered. */
export interface OutboxItem {
  /** UUID made on the device: the Idempotency-Key of the request, and of a report also the number of the incident. */
  readonly id: string;
  /** It is sent under the account that wrote it and under no other. */
  readonly accountId: string;
  readonly incidentId: string;
  readonly address: string;
  /** What is sent, without photos and times. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly about: About;
  readonly state: ItemState;
  /** Order in which it was written on this device. */
  readonly ordinal: number;
  /** Device time in ms. */
  readonly createdAt: number;
  /** Until then it can be taken back, and is not sent. */
  readonly holdUntil: number;
  /** Not tried again before. */
  readonly notBefore: number;
  readonly attempts: number;
  readonly problem: ToldProblem | null;
  readonly deliveredAt: number | null;
}

/** Photos of a report, and those that prove a handling. */
export type PhotoField = 'photos' | 'handlingPhotos';

/** 待发照片 As it came from the camera, until the engine has it. */
export interface OutboxPhoto {
  readonly id: string;
  readonly itemId: string;
  readonly field: PhotoField;
  readonly raw: Blob;
  /** The engine's name for it once it was taken in. */
  readonly sha256: string | null;
}
