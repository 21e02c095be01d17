// Long work in slices: between them the page hears keys, and draws.

const SLICE = 15; // ms
let began = 0;

/** Let others have their turn when a slice of work is over. */
export async function pause() {
  if (performance.now() - began < SLICE) return;
  const { scheduler } = /** @type {{scheduler?: {yield?: () => Promise<void>}}} */ (globalThis);
  await (scheduler?.yield?.() ?? new Promise((done) => setTimeout(done)));
  began = performance.now();
}
