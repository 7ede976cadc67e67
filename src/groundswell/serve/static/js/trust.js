// Trusted Types: markup comes from this workbench's own pages only. A classic script, so that it runs before the libraries.
(() => {
  "use strict";
  const same = { createHTML: (text) => text };
  // Leaflet's probes for SVG and VML and its zoom buttons are all the markup the libraries set here; anything else is refused.
  const known = /^(?:\s*|&nbsp;|<svg\/>|<v:shape adj="1"\/>|<span aria-hidden="true">(?:[+\u2212\u00d7-]|&#(?:x2212|215);)<\/span>)$/u;
  const only = {
    createHTML: (text) => {
      if (known.test(text)) return text;
      throw new TypeError("Markup from a script was refused.");
    },
  };
  const types = window.trustedTypes;
  window.groundswellMarkup = types ? types.createPolicy("groundswell", same) : same;
  if (types) types.createPolicy("default", only);
})();
