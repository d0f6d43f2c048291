/** The line as a JSON object, where it is one. Pure. */
import { deepest, longestLine, longestName, messageMembers, mostFields } from "../../logs/event.ts";
import { masked, secretHints, secretName } from "../../logs/masks.ts";
import { anyOf, expression, literal } from "./words.ts";

/** Put before a number that is read as a text. `clean` has left none of it. */
const mark = "\\u{7f}";

const number = "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?";
const quoted = '"(?:[^"\\\\]|\\\\.)*"';

/**
 * Reads the outermost object, with what is nested as its own JSON text. VRL would round some numbers, and
 * refuse others: with any, all numbers are read once more, as texts that are marked. Of those that stand
 * behind a colon all are found at once, but within texts, too, which then are none: the mark outside of
 * a text makes the line no JSON. Then texts and numbers are looked for one by one.
 */
const read = `\
members = {}
is_json = false
marked = false
odd = false
if characters <= ${longestLine} && match(text, r'^[ \\t\\r\\n]*\\{') {
  found, fault = parse_json(text, max_depth: 1)
  if fault == null {
    is_json = true
    members = object(found) ?? {}
    for_each(members) -> |_name, value| { if is_float(value) { marked = true } }
  } else {
    marked = ends_with(strip_whitespace(text), "}")
  }
  if marked {
    # None but ours are marks.
    plain = replace(text, r'\\\\u007[fF]', "\\\\ufffd")
    spelt = replace(plain, r'(:[ \\t\\r\\n]*)(${number})([ \\t\\r\\n]*[,}])', "$\{1}\\"${mark}$\{2}\\"$\{3}")
    found, fault = parse_json(spelt, max_depth: 1)
    if fault != null {
      spelt = replace_with(plain, r'${quoted}|(?P<number>${number})') -> |one| {
        if one.number == null { one.string } else { "\\"${mark}" + one.string + "\\"" }
      }
      found, fault = parse_json(spelt, max_depth: 1)
    }
    is_json = fault == null
    members = object(found) ?? {}
  }
}
`;

/** Says no to an object that is too wide, too deep or has too long a name. */
const refuse = `\
if is_json && length(members) > ${mostFields} { is_json = false }
if is_json {
  for_each(members) -> |name, _value| {
    if length(name) > ${longestName} && strlen(name) > ${longestName} { is_json = false }
    if name == "" || contains(name, ".") || strip_whitespace(name) != name { odd = true }
  }
}
if is_json && match(text, r'(?:[\\[{][^\\[{]*){${deepest + 1}}') {
  # Each step takes the innermost pairs away.
  pairs = replace(replace(text, r'${quoted}', ""), r'[^\\[\\]{}]', "")
  for_each([${"0, ".repeat(deepest)}]) -> |_index, _value| { pairs = replace(pairs, r'\\[\\]|\\{\\}', "") }
  is_json = pairs == ""
}
`;

/** The first of the members that are called so and are texts: not a number, nor JSON of something nested. */
const messageOf = (name: string): string => {
  const member = `members.${literal(name)}`;
  return `\
  if message == null && is_string(${member}) && !starts_with(string!(${member}), "${mark}") {
    if !match(string!(${member}), r'^[\\[{]') {
      message = ${member}
    } else {
      whole = parse_json(text) ?? {}
      if is_string(whole.${literal(name)}) { message = ${member} }
    }
  }`;
};

/** Stores the object: every value as a text, secrets by name masked, names without dots. */
const store = `\
if is_json {
  message = null
${messageMembers.map(messageOf).join("\n")}
  if message != null { .message = message }
  fields = map_values(members) -> |value| {
    word = if is_string(value) { string!(value) } else { encode_json(value) }
    if marked && contains(word, "${mark}") {
      word = replace(word, r'"\\x7f([^"]*)"', "$\{1}")
      word = replace(word, "${mark}", "")
    }
    word
  }
  if match(lower, ${anyOf([...secretHints, "\\u"])}) {
    for_each(fields) -> |name, _value| {
      if match(name, ${expression(secretName, { anyCase: true })}) { fields = set!(fields, [name], ${literal(masked)}) }
    }
  }
  if odd {
    fields = map_keys(fields) -> |name| {
      name = strip_whitespace(replace(name, ".", "_"))
      if name == "" { "_" } else { name }
    }
  }
  .fields = fields
  .line = "json"
}
`;

/** What becomes of a JSON object; of others, `is_json` is false. */
export const json = `${read}${refuse}${store}`;
