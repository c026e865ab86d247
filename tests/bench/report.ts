/**
 * The page of benchmark results: one section for each benchmark, replaced when it is measured again.
 *
 * @module
 */
/** The results of one benchmark. */
export interface Section {
  readonly name: string;
  /** The machine and the date of the measurement. */
  readonly circumstances: string;
  readonly figures: Readonly<Record<string, number>>;
}

const TITLE = `# Benchmarks

Figures of one run each, written by \`npm run bench -- NAME --write\`. Units are in the names.
`;

/** The page with this section added, or in place of the section of the same name; sorted by name. */
export function updateReport(page: string, section: Section): string {
  const sections = new Map(
    page.split(/^## /m).slice(1).map((text) => [text.slice(0, text.indexOf("\n")), text.trim()]),
  );
  sections.set(section.name, format(section));
  const sorted = [...sections].sort(([a], [b]) => a < b ? -1 : 1);
  return [TITLE, ...sorted.map(([, text]) => `## ${text}\n`)].join("\n");
}

function format({ name, circumstances, figures }: Section): string {
  const rows = Object.entries(figures).map(([figure, value]) => `| \`${figure}\` | ${value} |`);
  return [name, "", circumstances, "", "| figure | value |", "|---|--:|", ...rows].join("\n");
}
