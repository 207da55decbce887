import{d as e}from"./chunk-2PQFWTKX.js";import"./chunk-IGWSE62Z.js";import"./chunk-RJE6VATI.js";import"./chunk-HXOSLLEB.js";customElements.get("muster-team")||customElements.define("muster-team",e);
