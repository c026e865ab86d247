/**
 * Reads the offer of a program that watches (WHEP) or publishes (WHIP, RFC 9725), chooses what of it is taken, and makes
 * the answer to the whole offer. The coordinator refuses by it before a worker is asked, and the worker reads the same
 * offer again.
 *
 * @module
 */
import {
  type Description,
  readDescription,
  type Section,
  valueOf,
  writeLines,
} from "./sections.ts";

/** What the program that offers is going to do. */
export type Purpose = "watch" | "publish";

/** An offer that can be answered. */
export interface Offered {
  /** The offer reduced to the sections and formats that are taken, without its candidates. */
  readonly sdp: string;
  /** Its candidates, each beginning with `candidate:`. */
  readonly candidates: readonly string[];
  readonly codec: "h264" | "vp8";
  /** Whether sound is taken. */
  readonly sound: boolean;
  /** `passive` when the program waits for the DTLS handshake, so that the answering end begins it. */
  readonly setup: "active" | "passive" | "actpass";
  readonly ice: IceIdentity;
  /** All sections of the offer, in order, and whether each is taken. */
  readonly sections: readonly (Section & { readonly isTaken: boolean })[];
}

/** The user name fragment and the password of one ICE generation (RFC 8839 §5.4). */
export interface IceIdentity {
  readonly ufrag: string;
  readonly pwd: string;
}

/**
 * Why an offer is not taken. `malformed`: it is no valid offer; `unsupported`: it is valid, and nothing here can answer
 * it. `error` is a sentence.
 */
export interface OfferFault {
  readonly fault: "malformed" | "unsupported";
  readonly error: string;
}

/** The directions with which a section can be answered, by what its program is going to do. */
const DIRECTIONS = {
  watch: ["recvonly", "sendrecv"],
  publish: ["sendonly", "sendrecv"],
} as const satisfies Record<Purpose, readonly string[]>;

/** H.264 with packets of any size (RFC 6184 §6.3), from the simplest profile on. */
const PROFILES = ["42e0", "42c0", "4200", "4d", "64"];

/** Reads an offer. */
export function readOffer(text: string, purpose: Purpose): Offered | OfferFault {
  const read = readDescription(text);
  if ("error" in read) return malformed(read.error);
  const [video, ...moreVideos] = read.sections.filter((each) => isMedia(each, "video"));
  const [audio, ...moreSounds] = read.sections.filter((each) => isMedia(each, "audio"));
  if (!video) return unsupported("it has no picture");
  if (moreVideos.length + moreSounds.length > 0) {
    return unsupported("it has more than one picture or more than one sound");
  }
  const of = (name: string) =>
    valueOf(video.lines, name) ?? valueOf(read.session, name) ?? valueOf(audio?.lines ?? [], name);
  const ice = { ufrag: of("ice-ufrag"), pwd: of("ice-pwd") };
  if (!isIdentity(ice)) return malformed(`it has no usable "a=ice-ufrag" and "a=ice-pwd"`);
  const [hash, fingerprint] = of("fingerprint")?.split(" ") ?? [];
  if (!hash || !/^([0-9A-Fa-f]{2}:)+[0-9A-Fa-f]{2}$/.test(fingerprint ?? "")) {
    return malformed(`it has no "a=fingerprint"`);
  }
  const setup = of("setup") ?? "actpass";
  if (setup !== "active" && setup !== "passive" && setup !== "actpass") {
    return malformed(`its "a=setup" is "${setup.slice(0, 20)}"`);
  }
  if (!mayFlow(read, video, purpose)) {
    return unsupported(
      purpose === "watch"
        ? "it does not receive the picture. Its direction must be recvonly"
        : "it does not send the picture. Its direction must be sendonly",
    );
  }
  if (!video.lines.includes("a=rtcp-mux")) return unsupported("it does not multiplex RTCP");
  const h264 = h264Of(video);
  const vp8 = purpose === "watch" ? formatsOf(video, "vp8/90000")[0]?.format : undefined;
  const format = h264 ?? vp8;
  if (format === undefined) {
    return unsupported(
      purpose === "watch"
        ? "it has neither H.264 (packetization-mode=1) nor VP8"
        : "it has no H.264 (packetization-mode=1), the codec in which this service receives",
    );
  }
  const opus = audio && mayFlow(read, audio, purpose) && audio.lines.includes("a=rtcp-mux")
    ? formatsOf(audio, "opus/48000/2")[0]?.format
    : undefined;
  const taken = new Map([[video, format]]);
  if (audio && opus !== undefined) taken.set(audio, opus);
  // In the order of the offer: its first section carries the transport, and has to stay the first (RFC 8843 §7.3.1).
  const mids = read.sections.filter((each) => taken.has(each))
    .map(({ lines }) => valueOf(lines, "mid"));
  if (
    mids.some((mid) => mid === undefined || !/^[\w-]{1,16}$/.test(mid)) || !isBundled(read, mids)
  ) {
    return unsupported("its sections are not bundled, or have no names");
  }
  return {
    sdp: writeLines([
      ...read.session.filter((line) => !line.startsWith("a=group:")),
      `a=group:BUNDLE ${mids.join(" ")}`,
      ...read.sections.flatMap((section) => reduced(section, taken.get(section), purpose)),
    ]),
    candidates: video.lines.filter((line) => line.startsWith("a=candidate:"))
      .map((line) => line.slice(2)),
    codec: h264 === undefined ? "vp8" : "h264",
    sound: opus !== undefined,
    setup,
    ice,
    sections: read.sections.map((section) => ({ ...section, isTaken: taken.has(section) })),
  };
}

/**
 * The answer to the whole offer, made of the answer to {@linkcode Offered.sdp}: sections that are not taken are rejected
 * in their places (RFC 8829 §5.3.1), and `candidates` stand in the first section that is taken.
 */
export function writeAnswer(
  { sections }: Offered,
  { answer, candidates, isComplete }: {
    readonly answer: string;
    readonly candidates: readonly string[];
    /** Whether no more candidates follow. */
    readonly isComplete: boolean;
  },
): string {
  const read = readDescription(answer);
  if ("error" in read) throw new Error(`Cannot write the answer: ${read.error}`);
  const answered = read.sections.values();
  let isFirst = true;
  const lines = sections.flatMap((section) => {
    if (!section.isTaken) return rejected(section);
    const own = answered.next().value?.lines ?? rejected(section);
    const found = isFirst
      ? [...candidates.map((each) => `a=${each}`), ...(isComplete ? ["a=end-of-candidates"] : [])]
      : [];
    isFirst = false;
    return [...own.filter((line) => !/^a=(candidate:|end-of-candidates)/.test(line)), ...found];
  });
  return writeLines([...read.session, ...lines]);
}

/** Whether these can be an ICE user name fragment and a password (RFC 8839 §5.4). */
export function isIdentity(
  ice: { readonly ufrag?: string | undefined; readonly pwd?: string | undefined },
): ice is IceIdentity {
  return /^[A-Za-z0-9+/]{4,256}$/.test(ice.ufrag ?? "") &&
    /^[A-Za-z0-9+/]{22,256}$/.test(ice.pwd ?? "");
}

function isMedia({ kind, port, proto, lines }: Section, wanted: string): boolean {
  // A section that is offered in a bundle alone has port 0 as well (RFC 8843 §6).
  const isOffered = port !== 0 || lines.includes("a=bundle-only");
  return kind === wanted && isOffered && /^(UDP|TCP)\/TLS\/RTP\/SAVPF$/.test(proto);
}

function mayFlow({ session }: Description, { lines }: Section, purpose: Purpose): boolean {
  const given = [...lines, ...session].map((line) =>
    /^a=(sendrecv|sendonly|recvonly|inactive)$/.exec(line)?.[1]
  ).find((direction) => direction !== undefined);
  return (DIRECTIONS[purpose] as readonly string[]).includes(given ?? "sendrecv");
}

/** Whether these sections share one transport (RFC 8843). */
function isBundled({ session }: Description, mids: readonly (string | undefined)[]): boolean {
  if (mids.length === 1) return true;
  return session.some((line) => {
    const [group, ...names] = line.split(" ");
    return group === "a=group:BUNDLE" && mids.every((mid) => names.includes(mid ?? ""));
  });
}

/** The formats of a codec, by its name and clock as in `rtpmap`, each with its parameters. */
function formatsOf({ formats, lines }: Section, codec: string) {
  return formats.filter((format) =>
    /^\d{1,3}$/.test(format) &&
    lines.some((line) => line.toLowerCase().trimEnd() === `a=rtpmap:${format} ${codec}`)
  ).map((format) => ({
    format,
    parameters: lines.find((line) => line.startsWith(`a=fmtp:${format} `))?.toLowerCase() ?? "",
  }));
}

/** The format of H.264 with the simplest profile. */
function h264Of(video: Section): string | undefined {
  const usable = formatsOf(video, "h264/90000").filter(({ parameters }) =>
    /packetization-mode=1(;|$|\s)/.test(parameters)
  );
  const simplest = PROFILES.map((profile) =>
    usable.find(({ parameters }) => parameters.includes(`profile-level-id=${profile}`))
  ).find((found) => found !== undefined);
  return (simplest ?? usable[0])?.format;
}

/** A section that is taken, with one format and its retransmissions; nothing of one that is not. */
function reduced(
  { kind, port, proto, formats, lines }: Section,
  format: string | undefined,
  purpose: Purpose,
): string[] {
  if (format === undefined) return [];
  const again = formats.filter((each) =>
    /^\d{1,3}$/.test(each) && lines.some((line) => line.startsWith(`a=rtpmap:${each} rtx/`)) &&
    lines.some((line) => line.trimEnd() === `a=fmtp:${each} apt=${format}`)
  ).slice(0, 1);
  const kept = [format, ...again];
  return [
    `m=${kind} ${port || 9} ${proto} ${kept.join(" ")}`,
    ...lines.slice(1).filter((line) => {
      if (/^a=(candidate:|end-of-candidates|bundle-only|rid:|simulcast:)/.test(line)) return false;
      // Nothing that is received is reported on so (`worker/werift/settings.ts`).
      if (purpose === "publish" && /^a=rtcp-fb:\S+ (transport-cc|goog-remb)/.test(line)) {
        return false;
      }
      const of = /^a=(?:rtpmap|fmtp|rtcp-fb):(\S+)/.exec(line)?.[1];
      return of === undefined || of === "*" || kept.includes(of);
    }),
  ];
}

function rejected({ kind, proto, formats: [format = "0"], lines }: Section): string[] {
  const mid = valueOf(lines, "mid");
  return [
    `m=${kind} 0 ${proto} ${format}`,
    "c=IN IP4 0.0.0.0",
    ...(mid === undefined ? [] : [`a=mid:${mid}`]),
    "a=inactive",
  ];
}

function malformed(why: string): OfferFault {
  return { fault: "malformed", error: `Cannot read the offer: ${why}` };
}

function unsupported(why: string): OfferFault {
  return { fault: "unsupported", error: `Cannot answer the offer: ${why}` };
}
