import type { Type } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { ExchangeStatus } from '#assembly';
import type { CommandDesk, ReferenceShelf } from '#engine';
import type { EvidenceBook } from '#evidence';
import type { Doorkeeper } from '#identity';
import type { FigureDesk } from '#figures';
import type { Clock, Instant, EventStore, KeyVault, Subscriptions } from '#kernel';
import type { LedgerBook } from '#metrics';
import type { PhotoStore } from '#photos';
import type { Library } from '#reference';
import type { History, Views } from '#views';
import type { ConsoleFiles } from './console/console-files.js';

/** What watching a process needs of it, be it a door or a worker: who may look, and what there is to see. */
export interface WatchPorts {
  readonly views: Pick<Views, 'position'>;
  readonly store: Pick<EventStore, 'head' | 'hindrance'>;
  readonly clock: Clock;
  readonly doorkeeper: Doorkeeper;
  readonly evidence: Pick<EvidenceBook, 'status'>;
  /** Where the facts are kept apart from the database: says that it is there, or fails with the reason. */
  readonly eventStore?: { check(): Promise<void> };
  /** For readiness and lag figures; left out where no worker shares the database. */
  readonly subscriptions?: Pick<Subscriptions<never>, 'positions'>;
  /** What goes out and comes in over a bus; left out where nothing does in this process. */
  readonly exchange?: { status(): ExchangeStatus };
  readonly log: Logger;
  readonly registry: Registry;
}

/** Everything that the front door needs from the rest of the engine. Whoever hosts it hands over instances that are ready. */
export interface ApiPorts extends WatchPorts {
  readonly desk: CommandDesk;
  readonly views: Views;
  readonly history: History;
  readonly ledgers: LedgerBook;
  readonly figures: Pick<FigureDesk, 'freeze' | 'read' | 'latest' | 'recomputed'>;
  readonly store: Pick<EventStore, 'readAll' | 'readStream' | 'head' | 'hindrance' | 'onAppended' | 'identity'>;
  readonly library: () => Library;
  readonly libraryAsOf: (position: number, at: Instant) => Library;
  readonly shelf: Pick<ReferenceShelf, 'examine' | 'activate' | 'withdraw' | 'activations'>;
  readonly vault: KeyVault;
  readonly photos: PhotoStore;
  readonly evidence: EvidenceBook;
  /** 32 random bytes that outlive restarts: fingerprints of requests and subjects of persons are keyed with it. */
  readonly secret: Uint8Array;
}

export interface ApiOptions {
  /** Whether people reach the door by TLS: then the cookie is `__Host-` and Secure, and HSTS is sent. */
  readonly https?: boolean;
  /** Whether a proxy of our own stands before the door, so that `X-Forwarded-For` tells the truth. */
  readonly behindProxy?: boolean;
  /** Events by which a subscription may lag before the engine says that it is not ready. */
  readonly lagMax?: number;
  /** Milliseconds between two signs of life on a quiet live stream; 15 seconds if left out. */
  readonly heartbeatMs?: number;
  /** By which a program reads the figures of the process; without it only people do. */
  readonly metricsToken?: string;
  /** The built console; without it the door answers the API alone. */
  readonly consoleFiles?: ConsoleFiles;
  /** Where the map's tiles come from: the one other origin that pages may load pictures from. */
  readonly tiles?: { readonly url: string; readonly note: string };
  /** More controllers on the same server, behind the same guard: measurements register theirs here. */
  readonly controllers?: readonly Type[];
}

export const PORTS = Symbol('ApiPorts');
export const OPTIONS = Symbol('ApiOptions');
