import { deterministicId } from '#engine';
import type { CommandDesk } from '#engine';
import { gridOfReport } from '#identity';
import { fromIso, minute, Refusal } from '#kernel';
import type { Actor, Clock } from '#kernel';
import type { VitalSign } from '#reference';
import { Sealer } from '#sealing';
import { judge } from '#vitals';
import type { Sensor } from '#vitals';
import type { IncomingRecord, Intake } from './bus.js';
import type { DeadLetter } from './dead-letters.js';
import type { IntakeParts } from './intake-parts.js';
import { keyOfSensor } from './reading-book.js';
import type { PartitionClaim, ReadingBook } from './reading-book.js';
import { readReadings } from './reading-record.js';
import type { PlacedReading } from './reading-record.js';
import { schemas } from './trusted-record.js';

export interface ReadingIntakeParts extends IntakeParts {
  readonly book: ReadingBook;
  readonly clock: Clock;
}

/** A sensor's clock may be ahead by so much; a moment far ahead would make the sensor deaf until then. */
const aheadMax = 10 * minute;

interface Heard {
  readonly record: IncomingRecord;
  readonly reading: PlacedReading;
  readonly actor: Actor;
}

/** 感知 Whether an incident that a sensor opened still keeps people at work; one that was merged goes on in the other. */
const stillOpen = async (desk: CommandDesk, incidentId: string | null): Promise<boolean> => {
  let id = incidentId;
  for (let hops = 0; id !== null && hops < 5; hops += 1) {
    const { state } = await desk.load(id);
    if (state.stage !== 'merged') return state.stage === 'reported' || state.stage === 'accepted' || state.stage === 'open';
    id = state.into;
  }
  return false;
};

/**
 * 感知接入 Many readings, few incidents: an alarm opens one by the same desk as a person would, and none while the last one of this sensor and sign is
 * open. What is known of the sensors and the offset are one transaction, fenced by the partition's epoch. The report goes first, under ids that follow
 * from the reading: a crash in between asks for the same report again.
 */
export class ReadingIntake implements Intake {
  readonly topic = 'sensor-readings';
  private readonly claims = new Map<number, PartitionClaim>();
  private readonly sealer: Sealer;
  alarms = 0;

  constructor(private readonly parts: ReadingIntakeParts) {
    this.sealer = new Sealer(parts.vault, parts.secret);
  }

  async take(partition: number): Promise<number | null> {
    const claim = await this.parts.book.take(this.topic, partition);
    this.claims.set(partition, claim);
    return claim.nextOffset;
  }

  async handle(partition: number, records: readonly IncomingRecord[]): Promise<void> {
    const claim = this.claims.get(partition) ?? (await this.parts.book.take(this.topic, partition));
    const fresh = records.filter(({ offset }) => offset >= (claim.nextOffset ?? 0));
    const last = fresh.at(-1);
    if (!last) return;
    const letters: DeadLetter[] = [];
    const heard = (await Promise.all(fresh.map((record) => this.opened(record, letters)))).flat();
    const changed = await this.judged(heard, letters);
    await this.parts.letters.tell(letters.sort((a, b) => a.record.offset - b.record.offset));
    this.claims.set(partition, await this.parts.book.record(claim, last.offset + 1, changed));
  }

  private async opened(record: IncomingRecord, letters: DeadLetter[]): Promise<readonly Heard[]> {
    try {
      const { account, actor, body } = await this.parts.gate.open(record, [schemas.readings]);
      const readings = readReadings(body);
      const latest = this.parts.clock.now() + aheadMax;
      for (const { at, gridCode } of readings) {
        gridOfReport(account, this.parts.library().current, { channel: 'sensor', gridCode });
        if (fromIso(at) > latest) throw new Refusal('reading.ahead-of-time', 'A reading is from a moment that has not come yet; the clock of the sensor is wrong.', { field: 'at' });
      }
      return readings.map((reading) => ({ record, reading, actor }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      letters.push({ record, refusal: error });
      return [];
    }
  }

  /** The sensors as they are after these readings, those of one sensor in order; reports what alarmed. Signs that the policy does not know are passed by. */
  private async judged(heard: readonly Heard[], letters: DeadLetter[]): Promise<readonly Sensor[]> {
    const signs = new Map((this.parts.library().current.reference.policy.vitalSigns ?? []).map((vital) => [vital.sign, vital]));
    const bySensor = new Map<string, Heard[]>();
    for (const each of heard) {
      if (!signs.has(each.reading.sign)) continue;
      const key = keyOfSensor(each.reading);
      const list = bySensor.get(key);
      if (list) list.push(each);
      else bySensor.set(key, [each]);
    }
    const known = new Map((await this.parts.book.sensors([...bySensor.values()].flatMap(([first]) => first?.reading ?? []))).map((sensor) => [keyOfSensor(sensor), sensor]));
    const after = await Promise.all([...bySensor].map(([key, list]) => this.followed(known.get(key) ?? null, list, signs, letters)));
    return after.filter((sensor) => sensor !== null);
  }

  /** Null when none of the readings said anything new. A report that the city refuses is told of like any record that cannot be used. */
  private async followed(before: Sensor | null, heard: readonly Heard[], signs: ReadonlyMap<string, VitalSign>, letters: DeadLetter[]): Promise<Sensor | null> {
    let sensor = before;
    for (const { record, reading, actor } of heard) {
      const vital = signs.get(reading.sign);
      const judged = vital ? judge(vital, sensor, reading) : null;
      if (!vital || !judged) continue;
      sensor = judged.sensor;
      if (!judged.alarm || (await stillOpen(this.parts.desk, sensor.incidentId))) continue;
      try {
        sensor = { ...sensor, incidentId: await this.report(vital, reading, actor) };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        letters.push({ record, refusal: error });
      }
    }
    return sensor === before ? null : sensor;
  }

  private async report({ name, unit, alarmAt, ruleId }: VitalSign, { sensor, sign, value, at, gridCode }: PlacedReading, actor: Actor): Promise<string> {
    const commandId = deterministicId('alarm', sensor, sign, at);
    const incidentId = deterministicId('report', 'sensor', sensor, sign, at);
    const { policy } = this.parts.library().current.reference;
    const description = `${name} ${value} ${unit}（阈值 ${alarmAt} ${unit}，政策 ${policy.version}）；感知终端 ${sensor}，读数时间 ${at}`;
    const sealed = await this.sealer.seal(incidentId, { description });
    await this.parts.desk.execute({
      command: { type: 'ReportIncident', data: { incidentId, channel: 'sensor', gridCode, ruleHint: ruleId, ...sealed } },
      actor, commandId, correlationId: commandId, claimedAt: at,
    });
    this.alarms += 1;
    return incidentId;
  }
}
