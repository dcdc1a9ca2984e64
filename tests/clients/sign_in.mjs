// The person's browser for clients that sign in, without a window: it sends the forms of the pages
// as a browser does, and goes where it is sent. tests/server/test_oauth_*.py has real browsers.
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { baseUrl, require } from "./common.mjs";

const [, name, password] = process.argv.slice(2);
const hidden = /name="csrf" value="(\w+)"/;

// From the page that a client opens to the client's own callback, which answers.
export async function signInAndAllow(address) {
  const cookies = new Map();

  async function visit(url, fields) {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const answer = await fetch(url, {
      method: fields ? "POST" : "GET",
      headers: { cookie },
      body: fields && new URLSearchParams(fields),
      redirect: "manual",
    });
    for (const each of answer.headers.getSetCookie()) {
      const [, cookieName, value] = /^([^=]+)=([^;]*)/.exec(each);
      cookies.set(cookieName, value);
    }
    const location = answer.headers.get("location");
    if (location) return visit(new URL(location, url).href);
    return { url, status: answer.status, text: await answer.text() };
  }

  async function send(page, title, fields) {
    require(page.text.includes(`<title>${title}`), `No page "${title}" is at ${page.url}: ${page.text}`);
    return visit(page.url, { csrf: hidden.exec(page.text)[1], ...fields });
  }

  const login = await visit(address);
  const consent = await send(login, "Sign in", { name, password });
  const back = await send(consent, "Allow access", { decision: "allow" });
  require(back.status === 200, `The client's callback answers ${back.status}: ${back.text}`);
  return back.url;
}

// The page that a program asks for in a line of what it says, once it does.
export function pageIn(...streams) {
  return new Promise((resolve) => {
    for (const stream of streams)
      createInterface({ input: stream }).on("line", (line) => {
        console.log(line);
        const found = line.indexOf(`${baseUrl}/authorize?`);
        if (found >= 0) resolve(/^[!-~]+/.exec(line.slice(found))[0]);
      });
  });
}

// What a client is called here that registers itself, with an address to be sent back to.
export async function register(callback) {
  const answer = await fetch(`${baseUrl}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ redirect_uris: [callback], token_endpoint_auth_method: "none" }),
  });
  require(answer.status === 201, `/register answers ${answer.status}.`);
  return (await answer.json()).client_id;
}

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
