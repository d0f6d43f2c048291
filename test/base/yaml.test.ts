import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { yamlText, yamlValue } from "../../components/base/yaml.ts";

/** Read by another library than the one that writes, once by the rules of YAML 1.2 and once by those before. */
const readings = ["1.2", "1.1"] as const;

describe("a file's YAML", () => {
  it.each(readings)("is read as what was written, by the rules of %s", (version) => {
    const value = {
      words: ["yes", "no", "on", "off", "null", "~", "true", "0777", "1e3", "12:30:45", "", " a"],
      numbers: [0, -1, 1.5],
      flags: [true, false, null],
      text: "first\n  second\n",
      "key: with a colon": "# no comment",
      long: "word ".repeat(60).trim(),
    };
    expect(parse(yamlText(value), { version })).toStrictEqual(value);
    expect(parse(yamlText(value, { quoted: true }), { version })).toStrictEqual(value);
  });

  it("repeats what stands twice: readers of config files know no anchors, and people do not follow them", () => {
    const shared = { a: 1 };
    expect(yamlText([shared, shared])).toBe("- a: 1\n- a: 1\n");
  });

  it("leaves out members that are undefined", () => {
    expect(yamlText({ here: 1, gone: undefined })).toBe("here: 1\n");
  });

  it("puts every text into double quotes where another text is put into it later", () => {
    expect(yamlText({ password: "SECRET[a.b]" }, { quoted: true })).toBe(
      'password: "SECRET[a.b]"\n',
    );
  });

  it("is read back", () => {
    expect(yamlValue("a: [1, yes]\n")).toStrictEqual({ a: [1, "yes"] });
  });
});
