// The window of the lecturer in Russian, with nothing over its slides.
//
// reveal.js has that window inside its plugin, as a text which it writes into an
// empty page, and no setting for its words. So the words are exchanged on their
// way there. The decks of the lab and of the hand-outs both load this file: their
// versions of reveal.js, 4.4 and 6.0, have the same text.
(() => {
  const NAME = "reveal.js - Notes";
  const words = [
    ['<html lang="en">', '<html lang="ru">'],
    ["reveal.js - Speaker View", "Окно лектора"],
    ["Loading speaker view...", "Окно лектора открывается…"],
    [">Upcoming<", ">Дальше<"],
    [">Time <", ">Время <"],
    ["Click to Reset", "Отсчитать заново"],
    ["Pacing – Time to finish current slide", "Темп: сколько ещё быть этому слайду"],
    [">Notes<", ">Заметки<"],
    ["'Default'", "'обычный'"],
    ["'Wide'", "'широкий'"],
    ["'Tall'", "'высокий'"],
    ["'Notes only'", "'только заметки'"],
    ["'Layout'", "'Вид'"],
    ["0:00 AM", "00:00"],
    ["'en-US', { hour12: true,", "'ru-RU', {"],
    [
      "Cross origin error.<br>The speaker window can only be opened from the same origin.",
      "Окно лектора открывают со слайдов, клавишей T.",
    ],
    [
      "Error connecting to main window.<br>Please try closing and reopening the speaker view.",
      "Нет связи со слайдами.<br>Закройте это окно и откройте его снова, клавишей T.",
    ],
    [
      '<div id="current-slide">',
      '<div id="current-slide"><span class="overlay-element label">Сейчас</span>',
    ],
    // The words stand above the previews, in a row of their own, and the
    // previews have the form of a screen: what fits there fits here.
    [
      "</style>",
      `
        #current-slide, #upcoming-slide {
          container-type: size;
          padding-top: 48px !important;
        }
        #current-slide iframe, #upcoming-slide iframe {
          aspect-ratio: 16 / 9;
          height: auto !important;
          width: min(100cqw, 100cqh * 16 / 9) !important;
        }
      </style>`,
    ],
  ];

  const inRussian = html =>
    words.reduce((text, [from, to]) => text.replace(from, () => to), html);

  const open = window.open;
  window.open = (...how) => {
    const opened = open.apply(window, how);
    if (opened && how[1] === NAME) {
      const { document } = opened;
      document.write = html => {
        delete document.write;
        document.write(inRussian(html));
      };
    }
    return opened;
  };

  // What JupyterLab and RISE, who load it, ask of an extension.
  const plugin = {
    id: "netlab-notes-window:plugin",
    autoStart: true,
    activate: () => {},
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["netlab-notes-window"] = {
    init: () => {},
    get: async () => () => plugin,
  };
})();
