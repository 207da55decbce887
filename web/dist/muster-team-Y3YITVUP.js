import{d as e}from"./chunk-GX5WNHE4.js";import"./chunk-CGDPPFKT.js";import"./chunk-R2ASKQEX.js";customElements.get("muster-team")||customElements.define("muster-team",e);
