import "./style.css";
import { convert, kindOf, kinds, type Kind } from "./units";

const app = document.querySelector<HTMLElement>("#app")!;

function choice(units: string[], selected: string): HTMLSelectElement {
  const select = document.createElement("select");
  select.append(...units.map((unit) => new Option(unit, unit, false, unit === selected)));
  return select;
}

function links(): HTMLElement {
  const nav = document.createElement("nav");
  for (const kind of Object.keys(kinds)) {
    const link = document.createElement("a");
    link.href = `/${kind}`;
    link.textContent = kind;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      history.pushState(null, "", link.href);
      show(kindOf(location.pathname));
    });
    nav.append(link);
  }
  return nav;
}

function show(kind: Kind): void {
  const units = Object.keys(kinds[kind]);
  const amount = Object.assign(document.createElement("input"), { type: "number", value: "1" });
  const [from, to] = [choice(units, units[0]), choice(units, units[1])];
  const result = document.createElement("output");
  const update = () => {
    result.value = convert(kind, amount.valueAsNumber || 0, from.value, to.value).toPrecision(6);
  };
  for (const input of [amount, from, to]) input.addEventListener("input", update);
  app.replaceChildren(links(), amount, from, to, result);
  update();
}

addEventListener("popstate", () => show(kindOf(location.pathname)));
show(kindOf(location.pathname));
