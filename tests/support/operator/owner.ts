/**
 * Who owns the made-up fleet.
 *
 * @module
 */
import { UserId } from "../../../protocol/ids.ts";

export const OWNER = UserId.parse("usr_ada");
