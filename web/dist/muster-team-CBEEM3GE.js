import{d as e}from"./chunk-NTQ5KKVE.js";import"./chunk-IGWSE62Z.js";import"./chunk-IOEZQBM5.js";import"./chunk-HXOSLLEB.js";customElements.get("muster-team")||customElements.define("muster-team",e);
