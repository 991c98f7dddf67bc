import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsInt, IsNumber, IsObject, IsString, IsUUID, Matches, Max, MaxLength, Min, MinLength,
  ValidateBy, ValidateIf, ValidateNested,
} from 'class-validator';
import { parseIso } from '#kernel';

/** One decorator per kind of field: what is checked and what the OpenAPI document says are the same thing. */
export interface FieldNotes {
  readonly optional?: boolean;
  readonly description?: string;
  readonly example?: unknown;
}

const notesOf = ({ optional = false, description, example }: FieldNotes): { required: boolean; description?: string; example?: unknown } => ({
  required: !optional,
  ...(description === undefined ? {} : { description }),
  ...(example === undefined ? {} : { example }),
});

/** Absent is fine, null is not: a field either says something or is not there. */
const presence = ({ optional = false }: FieldNotes): PropertyDecorator[] => (optional ? [ValidateIf((_body: object, value: unknown) => value !== undefined)] : []);

/** Free text of a person. */
export const Text = (lengthMax: number, notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(ApiProperty({ ...notesOf(notes), type: String, minLength: 1, maxLength: lengthMax }), IsString(), MinLength(1), MaxLength(lengthMax), ...presence(notes));

// No control characters and no halves of characters: a code stands in the log in the clear.
const codePattern = /^[^\p{C}\p{Z}]+$/u;
const labelPattern = /^[^\p{C}]+$/u;

/** A code of the city or of a neighbouring system. */
export const Code = (notes: FieldNotes & { readonly lengthMax?: number } = {}): PropertyDecorator => {
  const lengthMax = notes.lengthMax ?? 100;
  return applyDecorators(
    ApiProperty({ ...notesOf(notes), type: String, minLength: 1, maxLength: lengthMax }), IsString(), MaxLength(lengthMax),
    Matches(codePattern, { message: '$property is a code without blanks or control characters' }), ...presence(notes),
  );
};

/** A short line such as a name: blanks are fine, control characters are not. */
export const Line = (lengthMax: number, notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ ...notesOf(notes), type: String, minLength: 1, maxLength: lengthMax }), IsString(), MaxLength(lengthMax),
    Matches(labelPattern, { message: '$property is one line of text' }), ...presence(notes),
  );

export const Uuid = (notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(ApiProperty({ ...notesOf(notes), type: String, format: 'uuid' }), IsUUID('all'), ...presence(notes));

export const OneOf = (values: readonly string[], name: string, notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(ApiProperty({ ...notesOf(notes), enum: [...values], enumName: name }), IsIn(values), ...presence(notes));

export const Flag = (notes: FieldNotes = {}): PropertyDecorator => applyDecorators(ApiProperty({ ...notesOf(notes), type: Boolean }), IsBoolean(), ...presence(notes));

export const Whole = (min: number, max: number, notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(ApiProperty({ ...notesOf(notes), type: 'integer', minimum: min, maximum: max }), IsInt(), Min(min), Max(max), ...presence(notes));

export const Degrees = (limit: number, notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(ApiProperty({ ...notesOf(notes), type: Number, minimum: -limit, maximum: limit }), IsNumber({ allowNaN: false, allowInfinity: false }), Min(-limit), Max(limit), ...presence(notes));

/** A real moment with a zone, such as `2026-11-23T11:30:00+08:00`. 30 February is none. */
export const Moment = (notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ ...notesOf(notes), type: String, format: 'date-time' }),
    ValidateBy({
      name: 'realMoment',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && parseIso(value) !== null,
        defaultMessage: () => '$property is a moment that exists, with its zone, such as 2026-11-23T11:30:00+08:00',
      },
    }),
    ...presence(notes),
  );

const sha256Pattern = /^[0-9a-f]{64}$/;

export const Photos = (countMax: number, notes: FieldNotes & { readonly countMin?: number } = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ ...notesOf(notes), type: [String], minItems: notes.countMin ?? 0, maxItems: countMax, description: 'SHA-256 hashes that the upload of each photo answered' }),
    IsArray(), ArrayMinSize(notes.countMin ?? 0), ArrayMaxSize(countMax), ArrayUnique(),
    Matches(sha256Pattern, { each: true, message: 'each of $property is 64 lower-case hexadecimal digits' }), ...presence(notes),
  );

export const Codes = (countMax: number, notes: FieldNotes & { readonly countMin?: number } = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ ...notesOf(notes), type: [String], minItems: notes.countMin ?? 0, maxItems: countMax }),
    IsArray(), ArrayMinSize(notes.countMin ?? 0), ArrayMaxSize(countMax), ArrayUnique(), MaxLength(100, { each: true }),
    Matches(codePattern, { each: true, message: 'each of $property is a code without blanks or control characters' }), ...presence(notes),
  );

export const Part = (type: () => new () => object, notes: FieldNotes = {}): PropertyDecorator =>
  // By the name of the function the documentation tells that it is to be called for the type.
  applyDecorators(ApiProperty({ ...notesOf(notes), type: () => type() }), IsObject(), ValidateNested(), Type(type), ...presence(notes));

export const Parts = (type: () => new () => object, countMax: number, notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ ...notesOf(notes), type: () => [type()], minItems: 1, maxItems: countMax }), IsArray(), ArrayMinSize(1), ArrayMaxSize(countMax), ValidateNested({ each: true }), Type(type), ...presence(notes),
  );

/** Fifteen digits are exact as numbers: more than there will ever be facts. */
const numeric = /^\d{1,15}$/;

/** The same for addresses, where everything arrives as text. */
export const QueryWhole = (min: number, max: number, notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(Whole(min, max, { optional: true, ...notes }), Transform(({ value }: { value: unknown }) => (typeof value === 'string' && numeric.test(value) ? Number(value) : value)));

export const QueryFlag = (notes: FieldNotes = {}): PropertyDecorator =>
  applyDecorators(Flag({ optional: true, ...notes }), Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value)));
