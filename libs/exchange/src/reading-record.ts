import type { Reading } from '#vitals';
import { RecordFields } from './record-fields.js';

/** 读数 One reading of a record, with the grid that the sensor stands in. */
export interface PlacedReading extends Reading {
  readonly gridCode: string;
}

const readingsMax = 1_000;
const measure = 1_000_000_000;

/** Refuses the whole record with `input.invalid`, all fields by name, or with `record.unreadable`. */
export const readReadings = (body: unknown): readonly PlacedReading[] => {
  const fields = RecordFields.of(body);
  const parts = fields.parts('readings', readingsMax);
  fields.need('readings', parts.length === 0 ? undefined : parts);
  const readings = parts.map((part) => {
    const reading = {
      sensor: part.need('sensor', part.code('sensor')), sign: part.need('sign', part.code('sign')), value: part.need('value', part.number('value', -measure, measure)),
      at: part.need('at', part.moment('at')), gridCode: part.need('gridCode', part.code('gridCode')),
    };
    part.nothingMore();
    return reading;
  });
  fields.nothingMore();
  fields.insist();
  return readings as readonly PlacedReading[];
};
