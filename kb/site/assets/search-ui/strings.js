// The words of the site: the build puts those of its language in place of this module.

/** @type {Record<string, string>} */
export const STRINGS = {};
