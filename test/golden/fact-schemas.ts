import { join } from 'node:path';
import ts from 'typescript';

/** A JSON Schema (2020-12), as far as facts need it. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

/** What never goes out: see `withoutPersons` in the room `exchange`. */
const personal = new Set(['reporter', 'description', 'address', 'note', 'photos']);

const orderly = (schemas: readonly JsonSchema[]): readonly JsonSchema[] => [...new Map(schemas.map((each) => [JSON.stringify(each), each])).values()].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

const union = (schemas: readonly JsonSchema[]): JsonSchema => {
  const constants = schemas.filter((each) => 'const' in each);
  const others = schemas.filter((each) => !('const' in each));
  const booleans = constants.length === 2 && constants.every((each) => typeof each.const === 'boolean');
  const values = constants.map((each) => each.const).sort();
  const parts: readonly JsonSchema[] = [
    ...(booleans ? [{ type: 'boolean' }] : values.length === 0 ? [] : values.length === 1 ? [{ const: values[0] }] : [{ enum: values }]),
    ...orderly(others),
  ];
  return parts.length === 1 ? (parts[0] as JsonSchema) : { anyOf: parts };
};

class Reader {
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly at: ts.Node,
  ) {}

  schemaOf(type: ts.Type): JsonSchema {
    if (type.isUnion()) return union(type.types.map((each) => this.schemaOf(each)));
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === 'true' };
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (this.checker.isArrayType(type)) return { type: 'array', items: this.schemaOf(this.checker.getTypeArguments(type as ts.TypeReference)[0] as ts.Type) };
    const properties = this.checker.getPropertiesOfType(type).filter(({ name }) => !personal.has(name));
    if (properties.length === 0) throw new Error(`no schema for ${this.checker.typeToString(type)}`);
    return {
      type: 'object',
      properties: Object.fromEntries(properties.map((property) => [property.name, this.property(property)])),
      required: properties.filter(({ flags }) => !(flags & ts.SymbolFlags.Optional)).map(({ name }) => name),
      additionalProperties: false,
    };
  }

  private property(property: ts.Symbol): JsonSchema {
    const type = this.checker.getTypeOfSymbolAtLocation(property, this.at);
    return this.schemaOf(type.isUnion() ? this.checker.getNonNullableType(type) === type ? type : this.withoutUndefined(type) : type);
  }

  /** An optional property may be left out; it is never there as undefined. */
  private withoutUndefined(type: ts.UnionType): ts.Type {
    const kept = type.types.filter((each) => !(each.flags & ts.TypeFlags.Undefined));
    return kept.length === type.types.length ? type : kept.length === 1 ? (kept[0] as ts.Type) : this.checker.getNonNullableType(type);
  }
}

/** The schema of `data` of every fact as it goes out, by type: read off the very types that the engine is written in. */
export const factSchemas = (types: readonly string[]): Readonly<Record<string, JsonSchema>> => {
  const root = process.cwd();
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config, ts.sys, root);
  const file = join(root, 'libs/events/src/index.ts');
  const program = ts.createProgram([file], config.options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error('the room of the facts cannot be read');
  const exported = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
  const reader = new Reader(checker, source);
  return Object.fromEntries(types.map((type) => {
    const symbol = exported.get(type);
    const declared = symbol && checker.getDeclaredTypeOfSymbol(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
    const data = declared && checker.getPropertyOfType(declared, 'data');
    if (!data) throw new Error(`no type of data for ${type}`);
    return [type, reader.schemaOf(checker.getTypeOfSymbolAtLocation(data, source))];
  }));
};

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** Whether a value is as a schema says. */
export const fits = (value: unknown, schema: JsonSchema): boolean => {
  if (schema.anyOf) return schema.anyOf.some((each) => fits(value, each));
  if ('const' in schema) return value === schema.const;
  if (schema.enum) return schema.enum.includes(value);
  if (kindOf(value) !== schema.type) return false;
  if (Array.isArray(value)) return value.every((each) => fits(each, schema.items ?? {}));
  if (schema.type !== 'object') return true;
  const fields = Object.entries(value as Record<string, unknown>);
  return (schema.required ?? []).every((name) => Object.hasOwn(value as object, name)) && fields.every(([name, each]) => {
    const known = schema.properties?.[name];
    return known !== undefined && fits(each, known);
  });
};
