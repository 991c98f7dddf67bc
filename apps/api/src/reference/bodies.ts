import { Line, Moment, Parts, Text, Whole } from '../door/fields.js';

/** Characters of one file: a city of a hundred thousand places fits. */
const charactersMax = 8_000_000;
const filesMax = 20;

class SentFile {
  @Line(200, { example: 'places.csv' }) name!: string;
  @Text(charactersMax) text!: string;
}

export class ReferenceDraftBody {
  @Parts(() => SentFile, filesMax, { description: 'city.json, places.csv, units.csv, catalogue.csv, duties.csv, policy.json, calendar.json; others are not read' }) files!: SentFile[];
}

export class ReferenceActivationBody extends ReferenceDraftBody {
  @Line(200, { description: 'Why; it stands in the log in the clear, so without names of persons' }) reason!: string;
  @Line(100, { description: 'Version that the difference was looked at against, the last in line; if it is another one by now, the answer is 409' }) against!: string;
  @Moment({ optional: true, description: 'From when on decisions go by it, at least a minute ahead; at once if left out. While a version waits, the next one comes after it' }) effectiveFrom?: string;
}

export class ReferenceWithdrawalBody {
  @Whole(1, Number.MAX_SAFE_INTEGER, { description: 'Position of the activation' }) position!: number;
  @Line(200, { description: 'Why; it stands in the log in the clear, so without names of persons' }) reason!: string;
}
