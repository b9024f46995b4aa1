// Making elements. Words only ever become text nodes: nothing that anybody wrote is read as markup.

/** @param {string} id @returns {HTMLElement & Record<string, any>} */
export const byId = (id) => /** @type {any} */ (document.getElementById(id));

/**
 * An element with properties, attributes (`aria-…`, `data-…`, `role`) and children.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement & Record<string, any>}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (/-|^role$/.test(name)) element.setAttribute(name, String(value));
    else /** @type {any} */ (element)[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

/** Seconds as 0:07. @param {number} seconds */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** A number as people write it, where the plan is North America's. @param {string} number */
export const dialled = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1-$2-$3");

/** A scenario's or a status's name, for people. @param {string} name */
export const spoken = (name) => {
  const words = name.replace(/[_-]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Whether the end of a scrolling element is in view. @param {HTMLElement} element */
export const atEnd = (element) => element.scrollHeight - element.scrollTop - element.clientHeight < 90;
