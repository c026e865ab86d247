/**
 * The newest small picture of a live stream, read again every ten seconds while the page is seen, with its age once a
 * newer one should have come.
 *
 * @module
 */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Clock } from "../../../../protocol/clock.ts";
import { formatAgo } from "../../../shared/format.ts";
import { useServices } from "../../services.ts";
import { Cover } from "./cover.tsx";
import type { App } from "../library.ts";

/** Time between two readings, in milliseconds. */
const READ_PERIOD = 10_000;
/** A picture that is older shows its age, in milliseconds. */
export const STILL_STALE = 25_000;

/** A picture that was read. */
interface ReadPicture {
  /** Where an image is loaded from. */
  readonly src: string;
  /** When it was taken, by the page's clock, milliseconds since 1970. */
  readonly at: number;
}

/** Reads the picture at an address; `undefined` when it is not there. */
export async function readPicture(
  address: string,
  { clock, get }: { readonly clock: Clock; readonly get: typeof fetch },
): Promise<ReadPicture | undefined> {
  try {
    const answer = await get(address, { cache: "no-store", referrerPolicy: "no-referrer" });
    if (!answer.ok || answer.headers.get("content-type") !== "image/jpeg") return undefined;
    const age = Number(answer.headers.get("age") ?? 0) * 1_000;
    return { src: URL.createObjectURL(await answer.blob()), at: clock.epoch() - age };
  } catch {
    return undefined;
  }
}

/** The cover of a live app. */
export function LiveCover({ app }: { app: App }) {
  const { clock, game } = useServices();
  const address = app.cover;
  const picture = useSignal<ReadPicture | undefined>(undefined);
  useEffect(() => {
    if (address === undefined) return;
    let state: "open" | "closed" = "open";
    let next: Disposable | undefined;
    async function read(): Promise<void> {
      const found = document.hidden
        ? undefined
        : await readPicture(address!, { clock, get: fetch.bind(globalThis) });
      if (state === "closed") return release(found);
      if (found) {
        release(picture.value);
        picture.value = found;
      }
      next = clock.after(READ_PERIOD, () => void read());
    }
    void read();
    return () => {
      state = "closed";
      next?.[Symbol.dispose]();
      release(picture.value);
      picture.value = undefined;
    };
  }, [address]);
  const age = useComputed(() => {
    void game.now.value;
    const { at } = picture.value ?? {};
    const now = clock.epoch();
    return at === undefined ? undefined : oldWords(now - at);
  });
  return (
    <>
      <Cover app={app} picture={picture.value?.src} />
      {age.value && <span class="cover-age badge">{age.value}</span>}
    </>
  );
}

/** `34 s old`; `undefined` while a picture is as new as it should be. */
export function oldWords(age: number): string | undefined {
  if (age <= STILL_STALE) return undefined;
  return age < 100_000 ? `${Math.round(age / 1_000)} s old` : formatAgo(-age, 0);
}

function release(picture: ReadPicture | undefined): void {
  if (picture) URL.revokeObjectURL(picture.src);
}
