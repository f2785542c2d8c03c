// @ts-check
// A page that waits for the hub to have something else to say, then shows that.

import { samePageNow, sleep, visible } from "./page.js";

class WaitPage extends HTMLElement {
  async connectedCallback() {
    while (this.isConnected) {
      await sleep(1500);
      await visible();
      const now = await samePageNow();
      if (now === "away") continue;
      if (now === "elsewhere" || !now.querySelector("wait-page")) return location.reload();
    }
  }
}

customElements.define("wait-page", WaitPage);
