/**
 * Share links: a person with one plays without an account.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { LinkRole } from "../../../protocol/pass.ts";
import type { ShareLink } from "../../../protocol/rest/settings.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { formatSpan } from "../model/format.ts";
import { useAsk, useNow, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import { CopyText } from "../widgets/copy.tsx";
import { useFetched } from "../widgets/fetched.ts";
import { ReadAge } from "../widgets/figure.tsx";
import { Form, SelectField, TextField } from "../widgets/form.tsx";
import { Failure } from "../widgets/page.tsx";
import { publicLink } from "../../shared/place.ts";

/** The panel that lists, creates and removes share links. */
export function LinksPanel() {
  const { api } = useServices();
  const ask = useAsk("share-link");
  const { state, reload } = useFetched(contracts.access.links, {});
  const making = useSignal(false);
  const remove = async (id: string) => {
    await ask.run(() => api.call(contracts.access.removeLink, { params: { id } }));
    await reload();
  };
  return (
    <section class="panel" aria-labelledby="links">
      <div class="panel-head">
        <h2 id="links">Share links</h2>
        <ReadAge of={state} />
        <button
          type="button"
          class="button small-button"
          onClick={() => void (making.value = true)}
        >
          Make a link
        </button>
      </div>
      <Refused ask={ask} />
      {state.state === "failed" && (
        <Failure
          what="Cannot show share links"
          error={state.error}
          retry={() => void reload()}
        />
      )}
      {state.state === "ready" && state.value.items.length === 0 && (
        <p class="panel-none soft">
          None. A share link lets a person without an account play or watch, if the choice above
          allows it.
        </p>
      )}
      {state.state === "ready" && (
        <ul class="things">
          {state.value.items.map((link) => (
            <LinkRow
              key={link.share_id}
              link={link}
              remove={() => void remove(link.share_id)}
            />
          ))}
        </ul>
      )}
      {making.value && (
        <MakeDialog
          done={() => void reload()}
          close={() => void (making.value = false)}
        />
      )}
    </section>
  );
}

function LinkRow({ link, remove }: { link: ShareLink; remove: () => void }) {
  const now = useNow();
  const { name, room_id, role, expires_at } = link;
  const left = expires_at === undefined
    ? "Until removed"
    : expires_at > now
    ? `${formatSpan(expires_at - now)} left`
    : "Expired";
  return (
    <li class="thing">
      <div class="thing-head">
        <b>{name}</b>
        <span class="soft">{role === "watcher" ? "Watches" : "Plays"}</span>
        <span class="soft">{room_id ? `Room ${room_id}` : "The library and this fleet"}</span>
        <span class="thing-end">
          <span class="soft figures">{left}</span>
          <button type="button" class="button small-button" onClick={remove}>
            Remove <span class="unseen">{name}</span>
          </button>
        </span>
      </div>
    </li>
  );
}

const ROLES = [
  { value: "player", label: "Play and watch" },
  { value: "watcher", label: "Watch the fleet's pictures" },
] as const;

const SPANS = [
  { value: "24", label: "A day" },
  { value: "168", label: "A week" },
  { value: "720", label: "30 days" },
  { value: "", label: "Until removed" },
] as const;

function MakeDialog({ done, close }: { done: () => void; close: () => void }) {
  const { api } = useServices();
  const ask = useAsk("make-link");
  const name = useSignal("");
  const role = useSignal<LinkRole>("player");
  const hours = useSignal<(typeof SPANS)[number]["value"]>("24");
  const made = useSignal<string | undefined>(undefined);
  useEffect(() => ask.clear(), []);
  const make = async () => {
    const body = {
      name: name.value,
      role: role.value,
      ...(hours.value ? { hours: Number(hours.value) } : {}),
    };
    const answer = await ask.run(() => api.call(contracts.access.createLink, { body }));
    if (!answer) return;
    made.value = publicLink(answer.path);
    done();
  };
  if (made.value !== undefined) {
    return (
      <Dialog title={`Share link ${name.value}`} close={close}>
        <p>
          {role.value === "watcher"
            ? "Everybody with this link may watch."
            : "Everybody with this link may play."} It is shown only here.
        </p>
        <CopyText label="share link" text={made.value} />
        <div class="dialog-foot">
          <button type="button" class="button primary" onClick={close}>Done</button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Make a share link" close={close}>
      <Form submit={make}>
        <TextField
          label="Who it is for"
          placeholder="Commentators"
          required
          focus
          maxLength={80}
          value={name.value}
          change={(value) => void (name.value = value)}
        />
        <SelectField
          label="Its holder may"
          value={role.value}
          options={ROLES}
          change={(value) => void (role.value = value)}
        />
        <SelectField
          label="Works for"
          value={hours.value}
          options={SPANS}
          change={(value) => void (hours.value = value)}
        />
        <Refused ask={ask} />
        <div class="dialog-foot">
          <AskButton ask={ask} doing="Making" tone="primary" submit>Make link</AskButton>
        </div>
      </Form>
    </Dialog>
  );
}
