import { Gauge } from 'prom-client';
import type { EvidenceStatus } from '#evidence';
import type { WatchPorts } from '../ports.js';

const figures: Readonly<Record<string, readonly [help: string, of: (status: EvidenceStatus) => number]>> = {
  threeloops_evidence_unwitnessed_seconds: ['Age of the oldest fact that no witnessed checkpoint covers', ({ unwitnessedSeconds }) => unwitnessedSeconds],
  threeloops_evidence_alarm: ['1 while the log is not signed because something is not as it was', ({ alarm }) => (alarm ? 1 : 0)],
  threeloops_evidence_signed_position: ['Position up to which the log is signed', ({ checkpoints }) => checkpoints.sha256?.size ?? 0],
  threeloops_evidence_witnessed_position: ['Position up to which the log is under a witnessed checkpoint', ({ witnessedPosition }) => witnessedPosition],
};

/** What `/api/health/metrics` shows of the evidence; whoever looks at all of it asks once. */
export const evidenceFigures = ({ registry, evidence }: Pick<WatchPorts, 'registry' | 'evidence'>): void => {
  let asked: Promise<EvidenceStatus> | null = null;
  const look = (): Promise<EvidenceStatus> => (asked ??= evidence.status().finally(() => {
    asked = null;
  }));
  for (const [name, [help, of]] of Object.entries(figures)) {
    if (registry.getSingleMetric(name)) continue;
    new Gauge({
      name, help, registers: [registry],
      async collect() {
        this.set(of(await look()));
      },
    });
  }
};
