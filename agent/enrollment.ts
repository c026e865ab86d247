/**
 * Where a device's enrolment comes from: its settings, or a text somebody gave it with `farpad-agent enrol`.
 *
 * @module
 */
import { join } from "node:path";
import { type EnrollmentText, readEnrollment } from "../protocol/field/enrollment.ts";

const FILE = "enrollment.txt";
const OWNER_ONLY = 0o600;

/** Keeps a text for the agent, which reads it before its next attempt; a sentence when it is none. */
export async function keepEnrollment(folder: string, text: string): Promise<{ error?: string }> {
  if (!readEnrollment(text)) {
    return { error: "Cannot enrol: this is neither an enrolment token nor the text of a QR code" };
  }
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, FILE);
  await Deno.writeTextFile(`${path}.part`, `${text.trim()}\n`, { mode: OWNER_ONLY });
  await Deno.rename(`${path}.part`, path);
  return {};
}

/** The text that was given last, or the settings' own. */
export function currentEnrollment(
  folder: string,
  configured: string | undefined,
): EnrollmentText | undefined {
  return readEnrollment(given(folder) ?? configured ?? "");
}

function given(folder: string): string | undefined {
  try {
    return Deno.readTextFileSync(join(folder, FILE));
  } catch {
    return undefined;
  }
}
