import assert from "node:assert/strict";
import { test } from "node:test";
import { step, type Sequence } from "../src/keys.ts";
import { parse } from "../src/theme.ts";

test("keys are typed one after the other, in time", () => {
  const known = ["g o", "g t", "/", "?"];
  const f = (typed: string, at: number[], want: (string | undefined)[]) => {
    let s: Sequence = { typed: [], at: 0 };
    const got = typed.split(" ").map((key, i) => {
      const { next, hit } = step(s, key, at[i]!, known);
      s = next;
      return hit;
    });
    assert.deepEqual(got, want, typed);
  };
  f("/", [5000], ["/"]);
  f("g o", [5000, 5300], [undefined, "g o"]);
  f("g o", [5000, 9000], [undefined, undefined]); // too late
  f("g g t", [5000, 5100, 5200], [undefined, undefined, "g t"]);
  f("g x o", [5000, 5100, 5200], [undefined, undefined, undefined]);
  f("g ?", [5000, 5100], [undefined, "?"]); // begins anew
  f("o", [5000], [undefined]);
});

test("the theme is read from its cookie only", () => {
  assert.equal(parse(""), "auto");
  assert.equal(parse("a=b; theme=dark; c=d"), "dark");
  assert.equal(parse("theme=light"), "light");
  assert.equal(parse("mytheme=dark"), "auto");
  assert.equal(parse("theme=darker"), "auto");
});
