import { match } from "node:assert/strict";
import { createFfmpegSrtOpener } from "../../../media/links/ffmpeg_srt_link.ts";
import { createSrtOpener } from "../../../media/links/srt_link.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { sendingLinkContract } from "../../contracts/sending_link_contract.ts";

const missing = (sentence: string) => {
  throw new Error(sentence);
};

const openSrt = createSrtOpener({ clock: systemClock, missing });

sendingLinkContract("SRT by libsrt, tied to an interface", {
  scheme: "srt",
  open: (options) => openSrt({ ...options, interface: "lo" }),
  port: 17_200,
  measures: true,
});

sendingLinkContract("SRT by FFmpeg", {
  scheme: "srt",
  open: createFfmpegSrtOpener(),
  port: 17_220,
  measures: false,
});

Deno.test("[LNK7] a link is tied to its interface, and one that does not exist is named", async () => {
  const opened = await openSrt({
    url: "srt://127.0.0.1:17240",
    latency: 100,
    passphrase: "0123456789",
    interface: "wwan9",
  });
  match(
    "error" in opened ? opened.error : "",
    /^Cannot send to .* over wwan9: the system refuses it/,
  );
});
