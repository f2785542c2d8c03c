// Shows in JupyterLab what the hub has to tell: that the server is about to be stopped, that its memory is full.
// What is said comes from the hub, in the language of JupyterLab or of whoever reads it.
// Written by hand as JupyterLab loads it, so that nothing has to be built: `init` is given the libraries that all
// extensions share, `get` gives the plugin.
(() => {
  const EVERY = 60000;
  let shared;

  /** A library of JupyterLab's own. */
  const library = async (name) => (await Object.values(shared[name])[0].get())();

  /** The language that was chosen in JupyterLab, if one was. */
  const chosenLanguage = async (settings) => {
    try {
      const locale = (await settings.load("@jupyterlab/translation-extension:plugin")).get("locale").composite;
      return locale && locale !== "default" ? locale.replaceAll("_", "-") : "";
    } catch {
      return "";
    }
  };

  const plugin = (ISettingRegistry) => ({
    id: "perijove-lab:notices",
    description: "Shows what Perijove has to tell.",
    autoStart: true,
    optional: [ISettingRegistry],
    activate: async (app, registry) => {
      const { Notification } = await library("@jupyterlab/apputils");
      const { ServerConnection } = await library("@jupyterlab/services");
      const settings = app.serviceManager.serverSettings;
      const language = registry ? await chosenLanguage(registry) : "";
      /** What is said beside the notices themselves. */
      let words;
      /** What is shown: a notice's kind to its time and the id of what shows it. */
      const shown = new Map();

      const ask = async (what, method) => {
        const url = `${settings.baseUrl}perijove/${what}?language=${encodeURIComponent(language)}`;
        const answer = await ServerConnection.makeRequest(url, { method }, settings);
        if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
        const told = await answer.json();
        words = told.words ?? words;
        return told.notices;
      };

      const textOf = ({ message, stops_at: stopsAt }) => {
        if (!stopsAt) return message;
        const time = new Date(stopsAt).toLocaleTimeString(words.language, { timeStyle: "short" });
        return `${message} ${words.stops.replace("{time}", time)}`;
      };

      const stay = async () => {
        try {
          show(await ask("here", "POST"));
          Notification.success(words.kept, { autoClose: 3000 });
        } catch {
          Notification.error(words.failed, { autoClose: 10000 });
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
          const actions = notice.can_stay ? [{ label: words.stay, displayType: "accent", callback: () => void stay() }] : [];
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
  });

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["perijove-lab"] = {
    init: (scope) => { shared = scope; },
    get: async () => {
      const { ISettingRegistry } = await library("@jupyterlab/settingregistry");
      return () => ({ __esModule: true, default: plugin(ISettingRegistry) });
    },
  };
})();
