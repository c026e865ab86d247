/**
 * Opens files that are playlists or scripts, as the agent does, beside a server that counts who dials it.
 *
 * @module
 */
import { equal, match, ok } from "node:assert/strict";
import { printDurations } from "../../../agent/media_folder/durations.ts";
import { openInput } from "../../../agent/pipeline/input_source.ts";
import { fileInput } from "../../../agent/pipeline/open_source.ts";
import { systemClock } from "../../../protocol/clock.ts";

Deno.test("[SND18] a playlist or script is not followed, under any file name", async () => {
  const media = await Deno.makeTempDir({ prefix: "farpad-" });
  let dialled = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    dialled += 1;
    return new Response("gone", { status: 404 });
  });
  try {
    await Deno.writeTextFile(`${media}-secret.ts`, "a secret");
    const url = `http://127.0.0.1:${server.addr.port}/x.ts`;
    const list = (place: string) =>
      `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n${place}\n#EXT-X-ENDLIST\n`;
    const sdp = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=x", "c=IN IP4 127.0.0.1", "t=0 0"];
    const scripts = {
      remote: list(url),
      local: list(`file://${media}-secret.ts`),
      concat: `ffconcat version 1.0\nfile ${url}\n`,
      session: [...sdp, "m=video 5004 RTP/AVP 96", ""].join("\n"),
    };
    for (const [name, text] of Object.entries(scripts)) {
      await Deno.writeTextFile(`${media}/${name}.mp4`, text);
      const input = await fileInput({ mode: "file", path: `${name}.mp4` }, media);
      ok("url" in input);
      const opened = await openInput(input, systemClock);
      match("error" in opened ? opened.error : "", /Cannot open the file .*: it is no video/, name);
    }
    await printDurations(Object.keys(scripts).map((name) => `${media}/${name}.mp4`));
    equal(dialled, 0);
  } finally {
    await server.shutdown();
    await Deno.remove(media, { recursive: true });
    await Deno.remove(`${media}-secret.ts`);
  }
});
