// A folder served with gzip, as static hosts do, and a count of what was fetched from it. Files are compressed
// before anything is asked for: who asks first would wait for that, and for files that are packed already less.
import { createServer } from "node:http";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";

const TYPES = { html: "text/html", js: "text/javascript", json: "application/json", css: "text/css", svg: "image/svg+xml" };

/** Serve a folder, whose name ends in a slash: {root, fetched, close}. `fetched` has bytes and requests, to be set to 0. */
export async function serve(folder) {
  const fetched = { bytes: 0, requests: 0 };
  const kept = new Map();
  for (const path of readdirSync(folder, { recursive: true })) {
    if (statSync(folder + path).isFile()) kept.set(`/${path}`, gzipSync(readFileSync(folder + path)));
  }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    const body = kept.get(path);
    if (!body) return response.writeHead(404).end();
    fetched.bytes += body.length;
    fetched.requests += 1;
    const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-encoding": "gzip", "cache-control": "max-age=3600" });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { root: `http://127.0.0.1:${server.address().port}/`, fetched, close: () => server.close() };
}
