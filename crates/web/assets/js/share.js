// @ts-check
// Addresses of this site as they are sent to others: in full. The hub need not know what people call it.

import "./forms.js";
import "./toast.js";

for (const address of document.querySelectorAll("[data-whole]")) {
  address.textContent = new URL(address.textContent ?? "", location.href).href;
}
