/**
 * A session description (RFC 8866) as lines and media sections, within limits, so that a hostile text costs little.
 *
 * @module
 */

/** Most characters, lines and media sections of a description; a browser's has about 6,000, 200 and 3. */
export const MAX_LENGTH = 48_000;
const MAX_LINES = 1_000;
const MAX_LINE = 1_000;
const MAX_SECTIONS = 8;

/** A media section. `lines` has the `m=` line first. */
export interface Section {
  readonly kind: string;
  readonly port: number;
  /** The transport, such as `UDP/TLS/RTP/SAVPF`. */
  readonly proto: string;
  readonly formats: readonly string[];
  readonly lines: readonly string[];
}

/** A description: the lines before the first media section, and the sections. */
export interface Description {
  readonly session: readonly string[];
  readonly sections: readonly Section[];
}

/** Reads a description; `error` is what is wrong with it, as part of a sentence. */
export function readDescription(text: string): Description | { readonly error: string } {
  if (text.length > MAX_LENGTH) return { error: `it has more than ${MAX_LENGTH} characters` };
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  if (lines[0] !== "v=0") return { error: "it is no session description" };
  if (lines.length > MAX_LINES) return { error: `it has more than ${MAX_LINES} lines` };
  const session: string[] = [];
  const sections: { kind: string; lines: string[]; head: RegExpExecArray }[] = [];
  for (const line of lines) {
    if (line.length > MAX_LINE || !/^[a-z]=[^\r\0]*$/.test(line)) {
      return { error: `it has the line "${line.slice(0, 40)}"` };
    }
    if (!line.startsWith("m=")) {
      (sections.at(-1)?.lines ?? session).push(line);
      continue;
    }
    const head = /^m=([a-z]+) (\d{1,5}) ([A-Za-z/0-9]+) (\S+(?: \S+)*)$/.exec(line);
    if (!head) return { error: `it has the line "${line.slice(0, 40)}"` };
    sections.push({ kind: head[1]!, lines: [line], head });
  }
  if (sections.length === 0) return { error: "it has no media section" };
  if (sections.length > MAX_SECTIONS) {
    return { error: `it has more than ${MAX_SECTIONS} media sections` };
  }
  return {
    session,
    sections: sections.map(({ kind, lines, head: [, , port, proto, formats] }) => ({
      kind,
      port: Number(port),
      proto: proto!,
      formats: formats!.split(" "),
      lines,
    })),
  };
}

/** The value of the first `a=name:value`; `undefined` without one. */
export function valueOf(lines: readonly string[], name: string): string | undefined {
  const prefix = `a=${name}:`;
  return lines.find((line) => line.startsWith(prefix))?.slice(prefix.length);
}

/** A description as text. */
export function writeLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join("");
}
