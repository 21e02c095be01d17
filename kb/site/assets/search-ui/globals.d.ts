/** What the site says, in its language and by name: kb writes it before the bundle. */
declare const KB_WORDS: Record<string, string>;
