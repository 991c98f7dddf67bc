/** The part of the load generator that is used here; it ships no declarations of its own. */
declare module 'autocannon' {
  interface AskedRequest {
    method?: string;
    path?: string;
    headers?: Readonly<Record<string, string>>;
    body?: string;
  }
  interface Options {
    readonly url: string;
    readonly connections: number;
    readonly duration: number;
    readonly overallRate?: number;
    readonly requests: readonly { readonly setupRequest: (request: AskedRequest) => AskedRequest }[];
  }
  interface Measured {
    readonly requests: { readonly total: number };
    readonly duration: number;
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
  }
  export interface Running extends PromiseLike<Measured> {
    stop(): void;
  }
  export default function autocannon(options: Options): Running;
}
