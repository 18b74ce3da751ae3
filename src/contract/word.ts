import { z } from "zod";

/** Labels, capabilities, names of queues: needs no quotes in a shell. */
export const word = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._:/+-]{0,99}$/u, "letters, digits and ._:/+- only");
