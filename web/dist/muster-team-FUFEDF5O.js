import{d as e}from"./chunk-XDZHLLBA.js";import"./chunk-IGWSE62Z.js";import"./chunk-6SK5QWZF.js";import"./chunk-HXOSLLEB.js";customElements.get("muster-team")||customElements.define("muster-team",e);
