/**
 * Shows only the senders of one tag. The address holds the choice.
 *
 * @module
 */
import { useLocation } from "preact-iso";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { SelectField } from "../widgets/form.tsx";
import { tagsOf } from "./tags.ts";

/** The choice of a tag; nothing where no sender has one and none is chosen. */
export function TagFilter({ senders }: { senders: readonly Sender[] }) {
  const { path, query, route } = useLocation();
  const tags = tagsOf(senders);
  const chosen = query.tag ?? "";
  if (tags.length === 0 && chosen === "") return null;
  const choose = (tag: string) => {
    const next = new URLSearchParams(query);
    if (tag) next.set("tag", tag);
    else next.delete("tag");
    const text = next.toString();
    route(text ? `${path}?${text}` : path, true);
  };
  const offered = tags.includes(chosen) || chosen === "" ? tags : [chosen, ...tags];
  return (
    <SelectField
      label="Tag"
      bare
      value={chosen}
      options={[
        { value: "", label: "Every tag" },
        ...offered.map((tag) => ({ value: tag, label: tag })),
      ]}
      change={choose}
    />
  );
}
