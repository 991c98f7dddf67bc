import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The document is made when somebody first asks for it, so that starting costs nothing. */
@Injectable()
export class DocumentHolder {
  private made: OpenAPIObject | null = null;
  private make: (() => OpenAPIObject) | null = null;

  describes(make: () => OpenAPIObject): void {
    this.make = make;
  }

  get document(): OpenAPIObject {
    if (!this.make) throw new Error('the server was not told how its document is made');
    this.made ??= this.make();
    return this.made;
  }
}
