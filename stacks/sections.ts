/** Sections that mean the same in the stack files of several systems. */
import * as z from "zod";

/** `fleet:networkPolicy`: `off` is for adopted clusters whose other tenants are not known yet. */
export const NetworkPolicySection = z
  .enum(["on", "off"], { message: 'must be "on" or "off", in quotes' })
  .default("on");
