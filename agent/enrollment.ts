/**
 * The enrolment of a device: from its settings, or from a text given with `farpad-agent enrol`.
 *
 * @module
 */
import { join } from "node:path";
import { writeDurably } from "../protocol/disk/durable_file.ts";
import { whyNotKept } from "../protocol/disk/storage_fault.ts";
import { type EnrollmentText, readEnrollment } from "../protocol/field/enrollment.ts";

const FILE = "enrollment.txt";

/**
 * Writes a text for the agent, which reads it before its next attempt. A text that is not valid or cannot be
 * written is an error, as a sentence.
 */
export async function keepEnrollment(folder: string, text: string): Promise<{ error?: string }> {
  if (!readEnrollment(text)) {
    return { error: "Cannot enrol: this is neither an enrolment token nor the text of a QR code" };
  }
  const path = join(folder, FILE);
  try {
    await writeDurably(path, `${text.trim()}\n`);
    return {};
  } catch (error) {
    return { error: `Cannot enrol: ${path} cannot be written, because ${whyNotKept(error)}` };
  }
}

/** The text that was kept last, or that of the settings. */
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
