/**
 * One role of the dialog that shares the room: what its link lets do, the link, its QR code, and the links of this role
 * that work.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { errorText } from "../../../protocol/error_text.ts";
import { Icon } from "../../shared/icon.tsx";
import { QrCode } from "../../shared/qr/qr.tsx";
import { useServices } from "../services.ts";
import { refusalToast } from "../words/refusals.ts";
import { LinkList } from "./link_list.tsx";
import { invitation, type RoleWords } from "./words.ts";

interface RoleCardProps {
  readonly title: string;
  readonly room: string;
  readonly words: RoleWords;
}

/** The card of a role. */
export function RoleCard({ title, room, words }: RoleCardProps) {
  const { shareLinks } = useServices();
  const { role, name, icon, lets } = words;
  const link = shareLinks.own(room, role);
  return (
    <section class="card share-card" aria-label={name}>
      <h3>
        <Icon name={icon} />
        {name}
      </h3>
      <p class="small soft">{lets}</p>
      {link.state === "made"
        ? <MadeLink url={link.url} name={name} text={invitation(title, role)} />
        : (
          <>
            {link.state === "refused" && (
              <p class="small" role="alert">{refusalToast(link.error)}</p>
            )}
            <button
              type="button"
              class="button"
              disabled={link.state === "making"}
              aria-label={`Make a link: ${name}`}
              onClick={() => void shareLinks.make(room, role)}
            >
              <Icon name="link" />
              {link.state === "making" ? "Making the link" : "Make a link"}
            </button>
          </>
        )}
      <LinkList
        room={room}
        words={words}
        shown={link.state === "made" ? link.id : undefined}
      />
    </section>
  );
}

/** The address as a QR code and as text, to copy or to send. */
function MadeLink({ url, name, text }: { url: string; name: string; text: string }) {
  const { toaster } = useServices();
  const copied = useSignal(false);
  const field = useRef<HTMLInputElement>(null);

  async function copy() {
    try {
      await navigator.clipboard.writeText(url);
      copied.value = true;
    } catch {
      field.current?.select();
      toaster.refused(
        "This browser does not let pages copy text. The link is selected: copy it by hand.",
      );
    }
  }

  async function send() {
    try {
      await navigator.share({ title: "Farpad", text, url });
    } catch (error) {
      // The person chose no app.
      if (error instanceof DOMException && error.name === "AbortError") return;
      toaster.refused(`This browser did not send the link: ${errorText(error)}`);
    }
  }

  return (
    <>
      <QrCode text={url} label={`QR code of the link: ${name}`} />
      <div class="share-link">
        <label class="field">
          <span class="unseen">{`Link: ${name}`}</span>
          <input
            ref={field}
            readOnly
            value={url}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
        </label>
        <div class="share-actions">
          <button
            type="button"
            class="button primary"
            aria-label={`Copy the link: ${name}`}
            onClick={() => void copy()}
          >
            <Icon name={copied.value ? "check" : "copy"} />
            {copied.value ? "Copied" : "Copy"}
          </button>
          {typeof navigator.share === "function" && (
            <button
              type="button"
              class="button"
              aria-label={`Send the link by another app: ${name}`}
              onClick={() => void send()}
            >
              <Icon name="share" />
              Send
            </button>
          )}
        </div>
        <span class="unseen" role="status">{copied.value ? "Copied." : ""}</span>
      </div>
    </>
  );
}
