import { describe, expect, it } from "vitest";

import { convert, kindOf } from "./units";

describe("units", () => {
  it("converts there and back", () => {
    expect(convert("length", 1, "mile", "metre")).toBeCloseTo(1609.344);
    expect(convert("weight", convert("weight", 3, "pound", "ounce"), "ounce", "pound")).toBeCloseTo(3);
  });

  it("refuses a unit of another kind", () => {
    expect(() => convert("length", 1, "pound", "metre")).toThrow("length has no unit pound");
  });

  it("reads the kind from the address", () => {
    expect(kindOf("/weight")).toBe("weight");
    expect(kindOf("/constructor")).toBe("length");
  });
});
