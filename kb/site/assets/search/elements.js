// Scripts brought by elements: from the disk, and where a page has no origin (in a sandboxed frame,
// or under the policy `sandbox`), nothing else can be had.

/** Whether this page has an origin, so that it may request and import what lies beside it. */
export const hasOrigin = () => globalThis.origin !== "null" && /^https?:/.test(globalThis.location?.protocol ?? "http:");

/**
 * A script element for an address. Under `require-trusted-types-for 'script'` the address has to
 * come from a policy: it is made when first needed, so that a page that never needs it is never
 * asked whether it allows one of that name.
 * @param {string} name  of the policy, one for each script: a name may be taken only once
 */
export function makeScripts(name) {
  /** @type {{createScriptURL: (url: string) => any} | undefined} */
  let policy;
  /** @param {string} url @returns {HTMLScriptElement} */
  return (url) => {
    const script = document.createElement("script");
    script.charset = "utf-8";
    try {
      policy ??= /** @type {any} */ (globalThis).trustedTypes?.createPolicy(name, {
        createScriptURL: (/** @type {string} */ asked) => asked, // only what this function is given
      });
    } catch {
      // The page allows no policy of this name: the address has to do as it is.
    }
    script.src = policy ? policy.createScriptURL(url) : url;
    return script;
  };
}
