import type { Type } from '@nestjs/common';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { channels, satisfactionGrades } from '#events';
import type { Channel, Grade, Rung, SatisfactionGrade } from '#events';
import { extensionMinutesMax, photosMax, reasonCodesOf, textLengthMax } from '#incident';
import type { CommandWithReason } from '#incident';
import { grades, rungs } from '#reference';
import { Code, Codes, Degrees, Flag, Line, Moment, OneOf, Part, Photos, Text, Uuid, Whole } from '../door/fields.js';

const optional = true;

export class LocationBody {
  @Degrees(180, { description: 'WGS-84', example: 121.52 }) longitude!: number;
  @Degrees(90, { description: 'WGS-84', example: 31.27 }) latitude!: number;
}

class ReporterBody {
  @Line(100) name!: string;
  @Line(40, { optional, example: '13800001234' }) telephone?: string;
}

/** What every sent command may say about the moment it was meant for, by the sender's own clock. */
export class DeviceTimes {
  @Moment({ optional, description: 'When it happened, as the sender says. Clocks never run on it.' }) claimedAt?: string;
  @Moment({ optional, description: 'What the sender\'s clock shows while sending' }) deviceTime?: string;
  @Line(100, { optional, description: 'For whom the sender acts, as a code or a role, without names' }) onBehalfOf?: string;
}

class WhatAndWhere extends DeviceTimes {
  @Uuid({ optional, description: 'Number that the sender gave the incident, so that it can be sent again after a broken connection' }) incidentId?: string;
  @OneOf(channels, 'Channel') channel!: Channel;
  @Code({ optional, description: 'Number that the reporting system knows the report by; its repeat is the same report' }) externalId?: string;
  @Code({ optional, description: 'Responsible grid; may be left out when a location is given' }) gridCode?: string;
  @Part(() => LocationBody, { optional }) location?: LocationBody;
  @Text(textLengthMax, { optional }) description?: string;
  @Text(200, { optional }) address?: string;
  @Part(() => ReporterBody, { optional }) reporter?: ReporterBody;
  @Photos(photosMax, { optional }) photos?: string[];
}

export class ReportBody extends WhatAndWhere {
  @Code({ optional, description: 'What the reporter thinks it is: a rule of the catalogue', example: 'E-01-02.1' }) ruleHint?: string;
}

export class OnTheSpotBody extends WhatAndWhere {
  @Code({ description: 'Rule of the catalogue that was handled', example: 'E-01-02.1' }) ruleId!: string;
  @Text(textLengthMax, { optional }) handlingNote?: string;
  @Photos(photosMax, { countMin: 1 }) handlingPhotos!: string[];
}

export class NothingMore extends DeviceTimes {}

export class NoteBody extends DeviceTimes {
  @Text(textLengthMax, { optional }) note?: string;
}

export class EvidenceBody extends NoteBody {
  @Photos(photosMax, { optional }) photos?: string[];
}

export class VerifyBody extends EvidenceBody {
  @OneOf(['true', 'untrue'], 'VerificationOutcome') outcome!: 'true' | 'untrue';
}

export class FileBody extends DeviceTimes {
  @Code({ example: 'E-01-02.1' }) ruleId!: string;
  @OneOf(grades, 'Grade') grade!: Grade;
}

export class DispatchBody extends DeviceTimes {
  @Code({ description: '主办 The unit that becomes accountable' }) unit!: string;
  @Codes(10, { optional, description: '协办' }) assisting?: string[];
  @Codes(20, { optional, description: '知会' }) informed?: string[];
}

export class ArrivalBody extends DeviceTimes {
  @Part(() => LocationBody, { optional }) location?: LocationBody;
}

export class VisitBody extends NoteBody {
  @Flag({ description: 'Whether the reporter could be reached' }) reached!: boolean;
}

export class SatisfactionBody extends DeviceTimes {
  @OneOf(satisfactionGrades, 'SatisfactionGrade') grade!: SatisfactionGrade;
}

export class AnswerSupervisionBody extends NoteBody {
  @Code() supervisionId!: string;
}

export class ReportInBody extends ArrivalBody {
  @Code() whistleId!: string;
}

export class EndWhistleBody extends DeviceTimes {
  @Code() whistleId!: string;
}

export interface SentReason {
  readonly code: string;
  readonly note?: string;
}

export interface WithReason extends DeviceTimes {
  reason: SentReason;
}

/** A body class of its own for every command that needs a reason, with that command's codes and no others. */
const withReason = <Base extends Type>(Parent: Base, command: CommandWithReason): Base & Type<WithReason> => {
  const codes = reasonCodesOf(command);

  @ApiSchema({ name: `${command}Reason` })
  class ReasonPart {
    @ApiProperty({ enum: codes }) @IsIn(codes) code!: string;
    @Text(textLengthMax, { optional }) note?: string;
  }

  @ApiSchema({ name: `${command}Body` })
  class ReasonedBody extends (Parent as unknown as Type) {
    @Part(() => ReasonPart) reason!: SentReason;
  }
  Object.defineProperty(ReasonPart, 'name', { value: `${command}Reason` });
  Object.defineProperty(ReasonedBody, 'name', { value: `${command}Body` });
  return ReasonedBody as unknown as Base & Type<WithReason>;
};

export const DeclineBody = withReason(DeviceTimes, 'DeclineIncident');
export const ReturnBody = withReason(DeviceTimes, 'ReturnDispatch');
export const RequestForceCloseBody = withReason(DeviceTimes, 'RequestForceClose');
export const ReopenBody = withReason(DeviceTimes, 'ReopenIncident');
export const RequestVoidBody = withReason(DeviceTimes, 'RequestVoid');
export const DenySuspensionBody = withReason(DeviceTimes, 'DenySuspension');
export const DenyExtensionBody = withReason(DeviceTimes, 'DenyExtension');
export const SuperviseBody = withReason(DeviceTimes, 'IssueSupervision');
export const BeyondAbilityBody = withReason(DeviceTimes, 'DeclareBeyondAbility');

class UnitNamed extends DeviceTimes {
  @Code() unit!: string;
}
export const ArbitrateBody = withReason(UnitNamed, 'ArbitrateReturn');

class WithPhotos extends DeviceTimes {
  @Photos(photosMax, { optional }) photos?: string[];
}
export const FailInspectionBody = withReason(WithPhotos, 'FailInspection');

class OtherNamed extends DeviceTimes {
  @Uuid({ description: 'The earlier incident, which goes on for both' }) into!: string;
}
export const MergeBody = withReason(OtherNamed, 'MergeIncident');

class UntilNamed extends DeviceTimes {
  @Moment({ description: 'The suspension ends then at the latest' }) until!: string;
}
export const RequestSuspensionBody = withReason(UntilNamed, 'RequestSuspension');

class MinutesNamed extends DeviceTimes {
  @Whole(1, extensionMinutesMax, { description: 'Minutes of the limit\'s own kind of time' }) addedMinutes!: number;
}
export const RequestExtensionBody = withReason(MinutesNamed, 'RequestExtension');

class ClimbNamed extends DeviceTimes {
  @OneOf(rungs, 'Rung', { description: 'The rung on which the sender saw the incident' }) from!: Rung;
  @OneOf(rungs, 'Rung') to!: Rung;
}
export const EscalateBody = withReason(ClimbNamed, 'EscalateIncident');

class RungNamed extends DeviceTimes {
  @OneOf(rungs, 'Rung') to!: Rung;
}
export const DelegateBody = withReason(RungNamed, 'DelegateIncident');

class UnitsNamed extends DeviceTimes {
  @Codes(20, { countMin: 1 }) units!: string[];
}
export const WhistleBody = withReason(UnitsNamed, 'BlowWhistle');

class ClockNamed extends DeviceTimes {
  @Code({ example: 'handle:5' }) clockId!: string;
}
export const RequestExemptionBody = withReason(ClockNamed, 'RequestExemption');
export const GrantExemptionBody = withReason(ClockNamed, 'GrantExemption');
export const DenyExemptionBody = withReason(ClockNamed, 'DenyExemption');
