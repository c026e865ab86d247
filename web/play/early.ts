/**
 * The first script of the player's page. It is small: it dials the coordinator, and only then loads the program.
 *
 * @module
 */
import "./first_connection.ts";

void import("./main.tsx");
