/** One record on its way out. `topic` is the name without the prefix of the installation. */
export interface OutgoingRecord {
  readonly topic: string;
  /** Records of one key keep their order. */
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One record that came in, as its sender wrote it. */
export interface IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  /** Null for a record that says nothing (a tombstone). */
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * 发布口 Where records go out.
 *
 * Promises: `publish` returns when every record is kept by all replicas that have to keep it; records of one key stand in the topic in the order
 * given. What was given in one call may stand there more than once, whole or from its beginning, when the answer was lost and it was
 * published again: whoever reads drops what it has seen by the record's own id.
 *
 * Fails with `Unavailable`: `broker.away`, `broker.topic-missing`, `broker.refused` (the broker knows us and says no); some of the records may be
 * kept then.
 */
export interface RecordPublisher {
  publish(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** What is done with the records of one topic. */
export interface Intake {
  readonly topic: string;
  /** A partition came to this process. Answers the offset of the first record that is wanted, null for the one after the last that the group acknowledged. */
  take(partition: number): Promise<number | null>;
  /**
   * Handles records of one partition, in order. When it returns, their effects last and they are acknowledged; when it throws, the same
   * records come again. It is never called twice at a time for one partition by one process.
   */
  handle(partition: number, records: readonly IncomingRecord[]): Promise<void>;
}

/** 健康 `working`: in touch with the broker. Every other state is tried again for ever and says why. */
export type BusState = 'starting' | 'working' | 'broker-away' | 'topic-missing' | 'refused' | 'held-up' | 'stopped';

export interface ConsumerStatus {
  readonly state: BusState;
  readonly error: string | null;
  /** Records that wait in the partitions of this process, as far as it knows. */
  readonly lag: number;
  readonly consumed: number;
  /** How often the client was given up and a new one taken. */
  readonly restarts: number;
}

/**
 * 接收口 Where records come in, each partition to one process of the group at a time, apart from the moments of a change of hands.
 *
 * Promises: the records of a partition come in order and without gaps, from the offset that `take` answered; a record is acknowledged only
 * after its intake returned, so it comes at least once, also over crashes. An intake that throws is asked again with the same records
 * until it returns; other partitions go on meanwhile. Nothing that the broker does ends the process: the state says what is wrong.
 */
export interface RecordConsumer {
  start(intakes: readonly Intake[]): void;
  /** Lets the records under way finish and leaves the group. */
  stop(): Promise<void>;
  status(): ConsumerStatus;
}
