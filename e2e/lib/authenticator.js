// A device with passkeys that Chromium makes up.

/** A device that asks for a finger, and always gets one while `present`. */
export class Device {
  static async of(page) {
    const self = new Device();
    self.browser = await page.context().newCDPSession(page);
    await self.browser.send("WebAuthn.enable");
    const options = {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    };
    ({ authenticatorId: self.id } = await self.browser.send("WebAuthn.addVirtualAuthenticator", { options }));
    return self;
  }

  #send(what, more = {}) {
    return this.browser.send(`WebAuthn.${what}`, { authenticatorId: this.id, ...more });
  }

  async passkeys() {
    return (await this.#send("getCredentials")).credentials;
  }

  /** Whether somebody puts a finger on it. */
  present(enabled) {
    return this.#send("setAutomaticPresenceSimulation", { enabled });
  }

  /** As if another device, which has counted less, had the same passkey. */
  async copied(passkey, signCount) {
    await this.#send("removeCredential", { credentialId: passkey.credentialId });
    await this.#send("addCredential", { credential: { ...passkey, signCount } });
  }
}
