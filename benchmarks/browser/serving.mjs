// A folder served with gzip, as static hosts do, and a count of what was fetched from it.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const TYPES = { html: "text/html", js: "text/javascript", json: "application/json", css: "text/css", svg: "image/svg+xml" };

/** Serve a folder: {root, fetched, close}. `fetched` has bytes and requests, to be set to 0. */
export async function serve(folder) {
  const kept = new Map();
  const fetched = { bytes: 0, requests: 0 };
  const read = (path) => {
    if (!kept.has(path)) {
      const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
      kept.set(path, [gzipSync(readFileSync(folder + path)), type]);
    }
    return kept.get(path);
  };
  const server = createServer((request, response) => {
    try {
      const [body, type] = read(decodeURIComponent(new URL(request.url, "http://x").pathname));
      fetched.bytes += body.length;
      fetched.requests += 1;
      response.writeHead(200, { "content-type": type, "content-encoding": "gzip", "cache-control": "max-age=3600" });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { root: `http://127.0.0.1:${server.address().port}/`, fetched, close: () => server.close() };
}
