import { acknowledgeDuration } from './durations/acknowledge-duration.js';
import { arriveDuration } from './durations/arrive-duration.js';
import { dispatchDuration } from './durations/dispatch-duration.js';
import { handleDuration } from './durations/handle-duration.js';
import { inspectDuration } from './durations/inspect-duration.js';
import { wholeDuration } from './durations/whole-duration.js';
import type { Metric, MetricDefinition } from './metric.js';
import { acceptanceOnTimeRate } from './rates/acceptance-on-time-rate.js';
import { acknowledgementOnTimeRate } from './rates/acknowledgement-on-time-rate.js';
import { arrivalOnTimeRate } from './rates/arrival-on-time-rate.js';
import { closureRate } from './rates/closure-rate.js';
import { dispatchOnTimeRate } from './rates/dispatch-on-time-rate.js';
import { escalationRate } from './rates/escalation-rate.js';
import { extensionRate } from './rates/extension-rate.js';
import { firstContactRate } from './rates/first-contact-rate.js';
import { firstDispatchAccuracyRate } from './rates/first-dispatch-accuracy-rate.js';
import { forcedClosureRate } from './rates/forced-closure-rate.js';
import { inspectionOnTimeRate } from './rates/inspection-on-time-rate.js';
import { loopContainmentRate } from './rates/loop-containment-rate.js';
import { onTimeClosureRate } from './rates/on-time-closure-rate.js';
import { onTimeHandlingRate } from './rates/on-time-handling-rate.js';
import { pingPongDepth } from './rates/ping-pong-depth.js';
import { proactiveDiscoveryRate } from './rates/proactive-discovery-rate.js';
import { reopeningRate } from './rates/reopening-rate.js';
import { repeatComplaintRate } from './rates/repeat-complaint-rate.js';
import { returnRate } from './rates/return-rate.js';
import { reworkRate } from './rates/rework-rate.js';
import { sampleDrawRate } from './rates/sample-draw-rate.js';
import { samplePassRate } from './rates/sample-pass-rate.js';
import { satisfactionRate } from './rates/satisfaction-rate.js';
import { selfHandledRate } from './rates/self-handled-rate.js';
import { suspensionRate } from './rates/suspension-rate.js';
import { voidRate } from './rates/void-rate.js';
import { whistleResponseRate } from './rates/whistle-response-rate.js';

/** 指标目录 Every figure that the engine knows, in the order in which people read them. */
export const metrics: readonly Metric[] = [
  loopContainmentRate, escalationRate, firstDispatchAccuracyRate,
  onTimeHandlingRate, closureRate, onTimeClosureRate, reworkRate,
  returnRate, pingPongDepth,
  acceptanceOnTimeRate, dispatchOnTimeRate, acknowledgementOnTimeRate, firstContactRate, arrivalOnTimeRate, inspectionOnTimeRate,
  suspensionRate, extensionRate, voidRate, reopeningRate, repeatComplaintRate,
  whistleResponseRate, proactiveDiscoveryRate, satisfactionRate,
  selfHandledRate, sampleDrawRate, samplePassRate, forcedClosureRate,
  dispatchDuration, acknowledgeDuration, arriveDuration, handleDuration, inspectDuration, wholeDuration,
];

const byName: ReadonlyMap<string, Metric> = new Map(metrics.map((each) => [each.name, each]));

export const metricNamed = (name: string): Metric | null => byName.get(name) ?? null;

/** The definition as data, without its fold. */
export const definitionOf = ({ entriesOf: _entriesOf, ...definition }: Metric): MetricDefinition => definition;
