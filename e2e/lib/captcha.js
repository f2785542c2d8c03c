// A service that tells people from programs: whoever ticks its box is a person.
import { createServer } from "node:http";

const SCRIPT = `
for (const place of document.querySelectorAll(".captcha")) {
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "captcha-response", value: "person" });
  label.append(box, " I am " + place.dataset.sitekey);
  place.append(label);
}
`;

export class Captcha {
  static async open(port) {
    const self = new Captcha();
    self.server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      const sent = new URLSearchParams(body);
      if (request.method === "POST") {
        const success = sent.get("secret") === "private-key" && sent.get("response") === "person";
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ success, "error-codes": success ? [] : ["invalid-input-response"] }));
      } else {
        response.setHeader("content-type", "text/javascript");
        response.end(SCRIPT);
      }
    });
    await new Promise((resolve) => { self.server.listen(port, "127.0.0.1", resolve); });
    const url = `http://127.0.0.1:${port}`;
    self.section = `
[captcha]
service = "custom"
key = "a-person"
secret = "private-key"
script_url = "${url}/api.js"
verify_url = "${url}/siteverify"
`;
    return self;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
