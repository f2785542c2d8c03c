// A learning platform that speaks LTI 1.3: a course with links to the hub, keys, and whoever it says has opened one.
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";

const CLAIM = "https://purl.imsglobal.org/spec/lti/claim";
const coded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const page = (body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Course</title><main>${body}</main></html>`;
const form = (action, fields, inner) => `<form method="post" action="${action}">${
  Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join("")
}${inner}</form>`;

export class Platform {
  /** @param {string} hub the address that people use */
  static async open(port, hub) {
    const self = new Platform();
    // Another site than the hub, as they are: browsers keep cookies back between the two.
    self.url = `http://localhost:${port}`;
    self.hub = hub;
    self.keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
    self.server = createServer((request, response) => self.#answer(new URL(request.url, self.url), response));
    await new Promise((resolve) => { self.server.listen(port, "127.0.0.1", resolve); });
    self.section = `
[[auth]]
kind = "lti"
name = "moodle"
issuer = "${self.url}"
client_id = "hub"
authorize_url = "${self.url}/auth"
jwks_endpoint = "${self.url}/keys"
jwks_algorithms = ["ES256"]
username_key = "custom_uname"
allow_all = true
`;
    return self;
  }

  #answer(url, response) {
    response.setHeader("content-type", url.pathname === "/keys" ? "application/json" : "text/html");
    if (url.pathname === "/keys") {
      const key = this.keys.publicKey.export({ format: "jwk" });
      response.end(JSON.stringify({ keys: [{ ...key, use: "sig", kid: "1", alg: "ES256" }] }));
    } else if (url.pathname === "/auth") {
      const asked = url.searchParams;
      const fields = { id_token: this.#token(asked), state: asked.get("state") };
      // As platforms do it: the form sends itself.
      response.end(page(`${form(asked.get("redirect_uri"), fields, "<button>To the hub</button>")}<script>document.forms[0].submit()</script>`));
    } else {
      const begin = (issuer, words) => form(
        `${this.hub}/hub/lti13/oauth_login`,
        { iss: issuer, login_hint: "5", target_link_uri: `${this.hub}/hub/token`, client_id: "hub" },
        `<button>${words}</button>`,
      );
      response.end(page(`<h1>Physics 101</h1>${begin(this.url, "Open the notebooks")}${begin("https://elsewhere.example.org", "Open them from elsewhere")}`));
    }
  }

  #token(asked) {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.url, aud: "hub", sub: "5", iat: now, exp: now + 600, nonce: asked.get("nonce"),
      [`${CLAIM}/version`]: "1.3.0",
      [`${CLAIM}/message_type`]: "LtiResourceLinkRequest",
      [`${CLAIM}/deployment_id`]: "1",
      [`${CLAIM}/roles`]: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
      [`${CLAIM}/custom`]: { uname: "lise" },
    };
    const text = `${coded({ alg: "ES256", kid: "1" })}.${coded(claims)}`;
    const signature = sign("sha256", Buffer.from(text), { key: this.keys.privateKey, dsaEncoding: "ieee-p1363" });
    return `${text}.${signature.toString("base64url")}`;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
