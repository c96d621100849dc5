/** Factors to the first unit of each kind. */
export const kinds = {
  length: { metre: 1, foot: 0.3048, mile: 1609.344 },
  weight: { kilogram: 1, pound: 0.45359237, ounce: 0.028349523125 },
} as const satisfies Record<string, Record<string, number>>;

export type Kind = keyof typeof kinds;

/** The kind named by an address such as `/weight`; length for any other. */
export function kindOf(path: string): Kind {
  const name = path.replaceAll("/", "");
  return Object.hasOwn(kinds, name) ? (name as Kind) : "length";
}

/** The amount in another unit of the same kind. Throws on a unit the kind does not have. */
export function convert(kind: Kind, amount: number, from: string, to: string): number {
  return (amount * factor(kind, from)) / factor(kind, to);
}

function factor(kind: Kind, unit: string): number {
  const found = (kinds[kind] as Record<string, number>)[unit];
  if (found === undefined) throw new RangeError(`${kind} has no unit ${unit}`);
  return found;
}
