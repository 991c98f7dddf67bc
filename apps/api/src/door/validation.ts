import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { Refusal } from '#kernel';
import type { FieldError } from './problem.js';

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const fieldErrors = (errors: readonly ValidationError[], path = ''): readonly FieldError[] =>
  errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const field = path === '' ? property : `${path}.${property}`;
    const own = Object.entries(constraints).map(([name, message]): FieldError =>
      name === 'whitelistValidation' ? { field, code: 'unknown-field', message: 'There is no such field.' } : { field, code: kebab(name), message },
    );
    return [...own, ...fieldErrors(children, field)];
  });

/** Unknown fields and wrong types are refused with `input.invalid`, every field by its name; nothing is converted silently. */
export const validation = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => {
      const fields = fieldErrors(errors);
      // What is wrong with one field in several ways is one field to the person who reads it.
      const names = [...new Set(fields.map(({ field }) => field))];
      return new Refusal('input.invalid', `${names.length === 1 ? 'A field is' : 'Some fields are'} not right: ${names.join(', ')}.`, { errors: fields });
    },
  });
