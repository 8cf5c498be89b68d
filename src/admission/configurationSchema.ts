import { configurationShape } from './configurationShape.ts';
import type { ObjectShape, Shape } from './shape.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The JSON Schema (draft 7) of the configuration file, by which editors complete and check it. */
export function configurationSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of pod-hardener',
    ...schemaOf(configurationShape),
  };
}

function schemaOf(shape: Shape): Schema {
  const description = shape.about;
  switch (shape.type) {
    case 'text':
      return {
        description,
        type: 'string',
        ...(shape.words && { enum: shape.words }),
        ...(shape.pattern !== undefined && { pattern: shape.pattern }),
      };
    case 'integer':
      return { description, type: 'integer', minimum: shape.least, maximum: shape.most };
    case 'either':
      return { description, anyOf: shape.of.map(schemaOf) };
    case 'list':
      return {
        description,
        type: 'array',
        items: schemaOf(shape.of),
        ...(!shape.mayBeEmpty && { minItems: 1 }),
        ...(shape.most !== undefined && { maxItems: shape.most }),
      };
    case 'object':
      return objectSchema(shape);
  }
}

function objectSchema({ about, members, required, oneOrMore }: ObjectShape): Schema {
  return {
    description: about,
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(members).map(([key, shape]) => [key, schemaOf(shape)])),
    ...(required && { required }),
    ...(oneOrMore && { anyOf: oneOrMore.of.map((key) => ({ required: [key] })) }),
  };
}
