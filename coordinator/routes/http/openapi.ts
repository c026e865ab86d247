/**
 * Makes the OpenAPI 3.1 document from the contracts that the routes are served by, so that both always agree.
 *
 * @module
 */
import * as z from "zod/mini";
import { RefusalPayload } from "../../../protocol/envelope.ts";
import type { Contract } from "../../../protocol/rest/contract.ts";

type Json = Record<string, unknown>;

/**
 * The OpenAPI document of `areas`, the contracts by area and name. The area is the tag; area and name together are the
 * operation's id.
 */
export function openApi(
  areas: Readonly<Record<string, Readonly<Record<string, Contract>>>>,
  { version }: { readonly version: string },
): Json {
  const paths: Record<string, Json> = {};
  for (const [area, contracts] of Object.entries(areas)) {
    for (const [name, contract] of Object.entries(contracts)) {
      const path = contract.path.replaceAll(/:([a-z_]+)/g, "{$1}");
      const operation = operationOf(contract, { area, id: `${area}.${name}` });
      paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation };
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Farpad",
      version,
      description:
        "Control plane: accounts, senders, streams, destinations, machines. Errors are `{ error: { code, message } }`.",
    },
    paths,
    components: {
      securitySchemes: { access: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      schemas: { Error: jsonSchema(RefusalPayload, "output") },
    },
  };
}

function operationOf(
  contract: Contract,
  { area, id }: { readonly area: string; readonly id: string },
): Json {
  const { access, byLogin, summary, params, query, body, response, status = 200 } = contract;
  const roles = access === "public" ? "Everyone." : `Roles: ${access.join(", ")}.`;
  const bearer = byLogin ? "An access token of a login." : "An access token or an API token.";
  return {
    operationId: id,
    tags: [area],
    summary,
    description: access === "public" ? roles : `${roles} ${bearer}`,
    security: access === "public" ? [] : [{ access: [] }],
    parameters: [...parametersOf(params, "path"), ...parametersOf(query, "query")],
    ...(body
      ? { requestBody: { required: true, content: jsonContent(jsonSchema(body, "input")) } }
      : {}),
    responses: {
      [status]: { description: "Done", content: jsonContent(jsonSchema(response, "output")) },
      default: {
        description: "Refused",
        content: jsonContent({ $ref: "#/components/schemas/Error" }),
      },
    },
  };
}

function parametersOf(schema: z.ZodMiniType | undefined, where: "path" | "query"): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input") as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    schema: property,
  }));
}

function jsonContent(schema: Json): Json {
  return { "application/json": { schema } };
}

function jsonSchema(schema: z.ZodMiniType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
