// Shows in JupyterLab what the hub has to tell: that the server is about to be stopped, that its memory is full.
// Written by hand as JupyterLab loads it, so that nothing has to be built: `init` is given the libraries that all
// extensions share, `get` gives the plugin.
(() => {
  const EVERY = 60000;
  let shared;

  /** A library of JupyterLab's own. */
  const library = async (name) => (await Object.values(shared[name])[0].get())();

  const timeOf = (stopsAt) => new Date(stopsAt).toLocaleTimeString([], { timeStyle: "short" });
  const textOf = ({ message, stops_at: stopsAt }) => (stopsAt ? `${message} It is stopped at ${timeOf(stopsAt)}.` : message);

  const plugin = {
    id: "perijove-lab:notices",
    description: "Shows what Perijove has to tell.",
    autoStart: true,
    activate: async (app) => {
      const { Notification } = await library("@jupyterlab/apputils");
      const { ServerConnection } = await library("@jupyterlab/services");
      const settings = app.serviceManager.serverSettings;
      /** What is shown: a notice's kind to its time and the id of what shows it. */
      const shown = new Map();

      const ask = async (what, method) => {
        const url = `${settings.baseUrl}perijove/${what}`;
        const answer = await ServerConnection.makeRequest(url, { method }, settings);
        if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
        return (await answer.json()).notices;
      };

      const stay = async () => {
        try {
          show(await ask("here", "POST"));
          Notification.success("The server goes on.", { autoClose: 3000 });
        } catch {
          Notification.error("The hub could not be told that you are still here. Try again.", { autoClose: 10000 });
          shown.clear();
          void look();
        }
      };

      const show = (notices) => {
        const kinds = new Set(notices.map((notice) => notice.kind));
        for (const [kind, { id }] of shown) {
          if (kinds.has(kind)) continue;
          Notification.dismiss(id);
          shown.delete(kind);
        }
        for (const notice of notices) {
          const version = `${notice.at} ${notice.stops_at}`;
          const before = shown.get(notice.kind);
          if (before?.version === version) continue;
          if (before) Notification.dismiss(before.id);
          const actions = notice.can_stay ? [{ label: "I am still here", displayType: "accent", callback: () => void stay() }] : [];
          const id = Notification.warning(textOf(notice), { autoClose: false, actions });
          shown.set(notice.kind, { id, version });
        }
      };

      const look = async () => {
        // Nobody is there to read it, and to ask would look like use.
        if (document.hidden) return;
        try {
          show(await ask("notices", "GET"));
        } catch (error) {
          console.debug("perijove-lab:", error);
        }
      };

      setInterval(look, EVERY);
      document.addEventListener("visibilitychange", look);
      void app.restored.then(look);
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["perijove-lab"] = {
    init: (scope) => { shared = scope; },
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
