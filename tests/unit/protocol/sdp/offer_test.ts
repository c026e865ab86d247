import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type Offered,
  type OfferFault,
  type Purpose,
  readOffer,
  writeAnswer,
} from "../../../../protocol/sdp/offer.ts";
import { MAX_LENGTH } from "../../../../protocol/sdp/sections.ts";
import { offerLines, offerWith } from "../../../support/signalling/offers.ts";

function taken(text: string, purpose: Purpose = "watch"): Offered {
  const offer = readOffer(text, purpose);
  if ("fault" in offer) throw new Error(offer.error);
  return offer;
}

function fault(text: string, purpose: Purpose = "watch"): OfferFault {
  const offer = readOffer(text, purpose);
  ok("fault" in offer, "the offer was taken");
  return offer;
}

const without = (start: string) => offerWith((line) => line.startsWith(start) ? undefined : line);

Deno.test("[WHP2] of an offer one format of each section is taken: H.264 with the simplest profile, and Opus", () => {
  const offer = taken(offerWith());
  deepEqual([offer.codec, offer.sound, offer.setup], ["h264", true, "actpass"]);
  deepEqual(offer.ice, { ufrag: "abcd", pwd: "0123456789abcdef01234567" });
  deepEqual(offer.candidates, ["candidate:1 1 udp 2113937151 192.0.2.7 50000 typ host"]);
  match(offer.sdp, /^m=audio 9 UDP\/TLS\/RTP\/SAVPF 111\r$/m);
  match(offer.sdp, /^m=video 9 UDP\/TLS\/RTP\/SAVPF 104 105\r$/m);
  doesNotMatch(offer.sdp, /:(96|97|102|103|0) |candidate/);
});

Deno.test("[WHP2] the first section of the offer stays the first of the bundle, also where others are in it alone", () => {
  const offer = taken(
    offerWith((line) =>
      line.startsWith("m=video") ? line.replace(" 9 ", " 0 ") + "\r\na=bundle-only" : line
    ),
  );
  match(offer.sdp, /^a=group:BUNDLE 0 1\r$/m);
  match(offer.sdp, /^m=video 9 /m);
  doesNotMatch(offer.sdp, /bundle-only/);
});

Deno.test("[WHP11] of a publisher's offer no feedback is taken that the worker does not send", () => {
  const offered = offerWith(
    (line) => line.startsWith("a=rtcp-fb:104") ? `${line}\r\na=rtcp-fb:104 transport-cc` : line,
    "sendonly",
  );
  const offer = taken(offered, "publish");
  match(offer.sdp, /^a=rtcp-fb:104 nack pli\r$/m);
  doesNotMatch(offer.sdp, /transport-cc/);
});

Deno.test("[WHP2] a program without H.264 watches in VP8, and does not publish", () => {
  const vp8 = (direction: "recvonly" | "sendonly") =>
    offerWith((line) => line.replace("H264", "AV1"), direction);
  equal(taken(vp8("recvonly")).codec, "vp8");
  match(fault(vp8("sendonly"), "publish").error, /no H\.264/);
  equal(taken(offerWith(undefined, "sendonly"), "publish").codec, "h264");
});

Deno.test("[WHP2] sound without Opus, or none, is no obstacle", () => {
  equal(taken(offerWith((line) => line.replace("opus", "speex"))).sound, false);
  const mute = offerLines().toSpliced(6, 13);
  const offer = taken(mute.join("\n"));
  deepEqual([offer.sound, offer.sections.length], [false, 1]);
});

Deno.test("[WHP3] an offer that is none is malformed, and one that cannot be answered is unsupported", () => {
  const malformed = [
    "",
    "v=0",
    "{}",
    without("v="),
    without("m="),
    without("a=ice-ufrag"),
    without("a=ice-pwd"),
    without("a=fingerprint"),
    offerWith((line) => `${line}\r\nhello`),
    offerWith((line) => line.replace("setup:actpass", "setup:holdconn")),
    offerWith() + "a=x:" + "y".repeat(MAX_LENGTH),
    offerWith() + "a=x\r\n".repeat(2_000),
    offerWith() + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n".repeat(20),
  ];
  for (const text of malformed) equal(fault(text).fault, "malformed", text.slice(0, 60));
  const unsupported: [string, RegExp][] = [
    [offerWith((line) => line.replace("m=video", "m=text")), /no picture/],
    [offerWith((line) => line.replace("m=video 9", "m=video 0")), /no picture/],
    [offerWith((line) => line.replace("recvonly", "sendonly")), /recvonly/],
    [offerWith((line) => line.replace(/H264|VP8/, "AV1")), /neither H\.264/],
    [offerWith((line) => line.replace(/H264|VP8/, "AV1").replace("mode=1", "mode=0")), /H\.264/],
    [without("a=rtcp-mux"), /RTCP/],
    [without("a=group"), /not bundled/],
    [without("a=mid"), /not bundled/],
    [offerWith() + offerLines().slice(19).join("\r\n"), /more than one/],
  ];
  for (const [text, why] of unsupported) {
    const found = fault(text);
    equal(found.fault, "unsupported", found.error);
    match(found.error, why);
  }
  match(fault(offerWith(), "publish").error, /sendonly/);
});

Deno.test("[WHP2] the answer has a section for each of the offer; those that are not taken are rejected", () => {
  const data = ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:2"];
  const lines = offerLines();
  const offer = taken([...lines.slice(0, 6), ...data, ...lines.slice(6)].join("\r\n"));
  const answer = writeAnswer(offer, {
    answer: offer.sdp,
    candidates: ["candidate:9 1 udp 1 192.0.2.1 4000 typ host"],
    isComplete: true,
  });
  deepEqual(answer.match(/^m=.*(?=\r$)/gm), [
    "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "m=video 9 UDP/TLS/RTP/SAVPF 104 105",
  ]);
  equal(answer.match(/^a=candidate:9/gm)?.length, 1);
  ok(answer.indexOf("a=candidate:9") < answer.indexOf("m=video"));
});

Deno.test("[WHP3] any text is read without an exception, and none brings a line of its own", () => {
  fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => {
    ok("fault" in readOffer(text, "watch"));
    ok("fault" in readOffer(`v=0\r\n${text}`, "publish"));
  }));
  const lines = offerLines();
  fc.assert(fc.property(fc.nat(lines.length - 1), fc.string(), (at, text) => {
    const offer = readOffer(lines.with(at, text).join("\r\n"), "watch");
    if (!("fault" in offer)) ok(offer.sdp.split("\r\n").every((line) => !/[\r\n\0]/.test(line)));
  }));
});
