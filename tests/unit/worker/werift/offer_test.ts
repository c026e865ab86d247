import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createConnection } from "../../../../worker/werift/settings.ts";

/** The sections of an offer, each as its lines; the first is that of the session. */
async function offer(): Promise<string[][]> {
  const { pc } = createConnection({ iceServers: [], extraAddresses: [] });
  const { sdp } = await pc.createOffer();
  await pc.close();
  return sdp.split(/^(?=m=)/m).map((section) => section.trim().split(/\r?\n/));
}

Deno.test("[BRW2] the offer names H.264 constrained baseline first, then VP8, each with RTX", async () => {
  const [, video] = await offer();
  const types = video![0]!.split(" ").slice(3);
  const codecs = types.map((type) =>
    video!.find((line) => line.startsWith(`a=rtpmap:${type} `))?.split(" ")[1]
  );
  deepEqual(codecs, ["H264/90000", "rtx/90000", "VP8/90000", "rtx/90000"]);
  const format = (type: string) => video!.find((line) => line.startsWith(`a=fmtp:${type} `)) ?? "";
  // RFC 6184 §8.1: 42 is Baseline, e0 the constraints that make it Constrained Baseline, 1f level 3.1.
  match(format(types[0]!), /profile-level-id=42e01f/);
  match(format(types[0]!), /packetization-mode=1/);
  match(format(types[0]!), /level-asymmetry-allowed=1/);
  equal(format(types[1]!), `a=fmtp:${types[1]} apt=${types[0]}`);
  equal(format(types[3]!), `a=fmtp:${types[3]} apt=${types[2]}`);
});

Deno.test("[BRW2] feedback is NACK, PLI and both estimates of what the link carries", async () => {
  const [, video] = await offer();
  const [h264, , vp8] = video![0]!.split(" ").slice(3);
  const feedback = (type: string) =>
    video!.filter((line) => line.startsWith(`a=rtcp-fb:${type} `))
      .map((line) => line.slice(line.indexOf(" ") + 1)).sort();
  deepEqual(feedback(h264!), ["goog-remb", "nack", "nack pli", "transport-cc"]);
  deepEqual(feedback(vp8!), ["goog-remb", "nack", "nack pli", "transport-cc"]);
});

Deno.test("[BRW2] pictures and sound have a stream each, sound is Opus in stereo, and all is bundled", async () => {
  const [session, video, audio, data] = await offer();
  const stream = (section: string[]) => /^a=msid:(\S+)/m.exec(section.join("\n"))?.[1];
  deepEqual([stream(video!), stream(audio!)], ["video", "audio"]);
  for (const section of [video!, audio!]) {
    ok(section.includes("a=sendonly"));
    ok(section.includes("a=setup:actpass"));
    ok(section.includes("a=rtcp-mux"));
  }
  match(audio!.join("\n"), /^a=rtpmap:\d+ opus\/48000\/2$/m);
  match(audio!.join("\n"), /^a=fmtp:\d+ .*stereo=1/m);
  match(data![0]!, /^m=application \d+ UDP\/DTLS\/SCTP webrtc-datachannel$/);
  ok(session!.includes("a=group:BUNDLE 0 1 2"));
});
