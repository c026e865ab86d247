/**
 * The message with which a receiver asks a device for a keyframe, sent back over the link that the stream comes by.
 *
 * @module
 */

const REQUEST = 1;

/** One byte. */
export const KEYFRAME_REQUEST: Uint8Array<ArrayBuffer> = Uint8Array.of(REQUEST);

/** Whether a message of a receiver is a request for a keyframe. Other messages are for later versions, and ignored. */
export function isKeyframeRequest(message: Uint8Array): boolean {
  return message.length === 1 && message[0] === REQUEST;
}
