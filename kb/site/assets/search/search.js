// Stands here until the engine does.
export async function openSearch() {
  throw new Error("no engine");
}
